package dev.lockstep.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** PostgreSQL's {@code postmaster.pid}: a crash leaves it behind, and its process id may meanwhile belong to another process. */
final class PostmasterPid {

    private static final int PID = 0;
    private static final int DATA_FOLDER = 1;

    private PostmasterPid() {}

    /**
     * Deletes a stale file.
     *
     * @return the process id of the PostgreSQL that runs on the folder's data, empty if none does
     */
    static Optional<Long> settle(Path dir) {
        Path file = dir.resolve("postmaster.pid");
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            List<String> lines = Files.readAllLines(file);
            if (lines.size() > DATA_FOLDER
                    && isPostgres(Long.parseLong(lines.get(PID).strip()), lines.get(DATA_FOLDER))) {
                return Optional.of(Long.parseLong(lines.get(PID).strip()));
            }
            Files.deleteIfExists(file);
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isPostgres(long pid, String dataFolder) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().commandLine())
                .filter(command -> command.contains("postgres") && command.contains(dataFolder))
                .isPresent();
    }
}
