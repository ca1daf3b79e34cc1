package dev.lockstep.contract;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The scripts under {@code src/test/python}, where a Python has the module that they need. */
public final class PythonTool {

    private static final Path FOLDER = Path.of(System.getProperty("basedir", ""), "src/test/python");
    private static final long PATIENCE_SECONDS = 120;

    /** The one that comes first, and the one that Debian's packages are for. */
    private static final List<String> PYTHONS = List.of("python3", "/usr/bin/python3");

    private final String python;

    private PythonTool(String python) {
        this.python = python;
    }

    /**
     * Skips the test, with a sentence, where it cannot run.
     *
     * @param source of the module, for people
     */
    public static PythonTool orSkip(String module, String source) {
        Stream<String> having = PYTHONS.stream().filter(python -> has(python, module));
        return having.findFirst().map(PythonTool::new).orElseGet(() -> {
            NodeTool.skip("No Python here has the module " + module + ": it is " + source + ".");
            return null;
        });
    }

    /** What to run scripts with that lie elsewhere. */
    public String python() {
        return python;
    }

    NodeTool.Ended run(String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of(python, script));
        command.addAll(List.of(arguments));
        return NodeTool.Commands.run(FOLDER, "", PATIENCE_SECONDS, command);
    }

    private static boolean has(String python, String module) {
        List<String> asked = List.of("sh", "-c", python + " -c 'import " + module + "'");
        return NodeTool.Commands.run(FOLDER, "", PATIENCE_SECONDS, asked).code() == 0;
    }
}
