package io.reprise.experiment;

import java.nio.file.Path;

/** Where an operator's two files are: {@code directory/name.json} and {@code directory/name.safetensors}. */
record OperatorPlace(Path directory, String name) {
    /** @param path with either ending, or none */
    static OperatorPlace of(Path path) {
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        for (String ending : new String[] {".json", ".safetensors"}) {
            if (name.endsWith(ending)) {
                name = name.substring(0, name.length() - ending.length());
            }
        }
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException(
                    "\"" + path + "\" is no name for an operator; expected one such as operators/capital");
        }
        return new OperatorPlace(path.toAbsolutePath().getParent(), name);
    }
}
