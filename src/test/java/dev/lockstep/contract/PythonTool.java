package dev.lockstep.contract;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The scripts under {@code src/test/python}, if a Python has the module that they need. */
public final class PythonTool {

    private static final Path FOLDER = Path.of(System.getProperty("basedir", ""), "src/test/python");
    private static final long PATIENCE_SECONDS = 120;

    /** The first one on the PATH, and the one for which Debian's packages are made. */
    private static final List<String> PYTHONS = List.of("python3", "/usr/bin/python3");

    private final String python;

    private PythonTool(String python) {
        this.python = python;
    }

    /**
     * Skips the test, with an explanation, if it cannot run.
     *
     * @param source where to get the module, for the message
     */
    public static PythonTool orSkip(String module, String source) {
        Stream<String> having = PYTHONS.stream().filter(python -> has(python, module));
        return having.findFirst().map(PythonTool::new).orElseGet(() -> {
            NodeTool.skip("No Python here has the module " + module + ": it is " + source + ".");
            return null;
        });
    }

    /** The interpreter, for scripts in other folders. */
    public String python() {
        return python;
    }

    NodeTool.ProcessResult run(String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of(python, script));
        command.addAll(List.of(arguments));
        return NodeTool.Commands.run(FOLDER, "", PATIENCE_SECONDS, command);
    }

    private static boolean has(String python, String module) {
        List<String> asked = List.of("sh", "-c", python + " -c 'import " + module + "'");
        return NodeTool.Commands.run(FOLDER, "", PATIENCE_SECONDS, asked).code() == 0;
    }
}
