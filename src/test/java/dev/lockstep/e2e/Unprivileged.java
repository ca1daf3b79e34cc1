package dev.lockstep.e2e;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Commands that run without root privileges, and in a system like that of a hardened container, if this one permits it. */
final class Unprivileged {

    static final boolean IS_ROOT = new UnixSystem().getUid() == 0;
    private static final List<String> AS_NOBODY =
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs");

    /** A mount namespace of its own; a user who is not root becomes root in there, and nowhere else. */
    private static final List<String> UNSHARE = IS_ROOT ? List.of("unshare", "-m") : List.of("unshare", "-rm");

    /** The working directory of a confined command: the folder that it was given. */
    static final Path HOME = Path.of("/mnt/home");

    private static final String CONFINE = """
            set -e
            mount -t tmpfs -o mode=755 tmpfs /mnt
            mkdir /mnt/home
            mount --bind "$1" /mnt/home
            mount -t tmpfs -o noexec,nosuid,nodev,mode=1777 tmpfs /tmp
            mount -o remount,bind,ro /mnt/home
            mount -o remount,bind,ro /mnt
            mount -o remount,bind,ro /
            shift
            cd /mnt/home
            exec "$@"
            """;

    private Unprivileged() {}

    /** The same command for a user who is not root; skips the test if that is not allowed. */
    static List<String> asNobody(List<String> command) {
        if (!IS_ROOT) {
            return command;
        }
        skipUnless(joined(AS_NOBODY, List.of("true")), "setpriv lets nobody run anything");
        return joined(AS_NOBODY, command);
    }

    /**
     * The same command for a user who is not root, with the whole system read-only except {@code /tmp}, from which nothing may be
     * run; skips the test if that is not allowed.
     */
    static List<String> confined(Path folder, List<String> command) {
        skipUnless(
                joined(UNSHARE, List.of("mount", "-t", "tmpfs", "tmpfs", "/mnt")),
                "unshare cannot create a mount namespace");
        return joined(
                UNSHARE,
                List.of("sh", "-c", CONFINE, "sh", folder.toAbsolutePath().toString()),
                asNobody(command));
    }

    /** @return the exit code */
    static int run(List<String> command) {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void skipUnless(List<String> command, String why) {
        try {
            if (run(command) == 0) {
                return;
            }
        } catch (UncheckedIOException e) {
            // reported below
        }
        Assumptions.abort("Skipped: " + why + " here.");
    }

    @SafeVarargs
    private static List<String> joined(List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            all.addAll(part);
        }
        return all;
    }
}
