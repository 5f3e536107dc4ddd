package io.reprise.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import java.io.IOException;

/** DJL's native library of tokenizers: loaded once, and without the network. */
final class DjlNative {
    /** As DJL reads them: it would look for a GPU's variant to download, and tell a usage counter where it runs. */
    private static final String OFFLINE = "ai.djl.offline";

    private static final String NO_TRACKING = "OPT_OUT_TRACKING";

    private DjlNative() {}

    /** @throws IOException if there is no library for this machine, or it can't be unpacked */
    static void require() throws IOException {
        for (String property : new String[] {OFFLINE, NO_TRACKING}) {
            if (System.getProperty(property) == null) {
                System.setProperty(property, "true");
            }
        }
        try {
            LibUtils.checkStatus();
        } catch (RuntimeException | LinkageError e) {
            throw new IOException(
                    "the native library of the tokenizers can't be loaded on " + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + " (" + reason(e)
                            + "); it exists for Linux and Windows on x86_64 and for Linux and macOS on arm64, and is unpacked"
                            + " into DJL_CACHE_DIR (else .djl.ai in the home directory). Without it, give token ids instead:"
                            + " {\"tokens\": [464, 3290]}",
                    e);
        }
    }

    private static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
