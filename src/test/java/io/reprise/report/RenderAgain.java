package io.reprise.report;

import io.reprise.run.RunResult;
import java.nio.file.Path;

class RenderAgain {
    public static void main(String[] args) throws Exception {
        for (String a : args) {
            RunReport.write(RunResult.read(Path.of(a, "results.json")), Path.of(a));
        }
    }
}
