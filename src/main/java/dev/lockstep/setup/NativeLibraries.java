package dev.lockstep.setup;

import com.github.luben.zstd.util.Native;
import dev.lockstep.failure.LinkageErrors;
import dev.lockstep.listener.Listeners;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.xerial.snappy.OSInfo;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyError;
import org.xerial.snappy.SnappyLoader;

/**
 * The native libraries for compression: zstd for the outbox, and zstd or snappy for commands that a producer compressed.
 * By default, each unpacks its library into the temporary folder and loads it from there, which fails on a file system that
 * is mounted {@code noexec}, as in containers. So the build unpacks them, with the paths they have in their jars,
 * into a folder beside the artefact. LZ4 is left out: it falls back to pure Java if its library cannot be loaded.
 */
@ApplicationScoped
public class NativeLibraries {

    /** Lies beside the artefact. */
    static final String FOLDER = "native";

    private static final String ZSTD_PATH = "ZstdNativePath";
    private static final List<String> DARWIN = List.of("mac", "darwin");

    /** Called before anything compresses; a library that cannot be loaded ends the worker now, not at the first command. */
    void load(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event, Listeners listeners) {
        Path folder = Path.of(System.getProperty("java.class.path")).resolveSibling(FOLDER);
        load(
                folder,
                (name, error) ->
                        listeners.notifyListeners(listener -> listener.unloadable(advice(name, folder, error))));
    }

    /** @param onFailure receives which library cannot be loaded, and why */
    static void load(Path folder, BiConsumer<String, Error> onFailure) {
        setLibraryPaths(folder);
        tryLoad("zstd", Native::load, onFailure);
        tryLoad("snappy", Snappy::getNativeLibraryVersion, onFailure);
    }

    private static void setLibraryPaths(Path folder) {
        Path zstd = firstFile(folder.resolve(zstdFolder()));
        if (zstd != null && System.getProperty(ZSTD_PATH) == null) {
            System.setProperty(ZSTD_PATH, zstd.toString());
        }
        Path snappy = folder.resolve("org/xerial/snappy/native").resolve(OSInfo.getNativeLibFolderPathForCurrentOS());
        if (Files.isDirectory(snappy) && System.getProperty(SnappyLoader.KEY_SNAPPY_LIB_PATH) == null) {
            System.setProperty(
                    SnappyLoader.KEY_SNAPPY_LIB_PATH, snappy.toAbsolutePath().toString());
        }
    }

    private static String zstdFolder() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch");
        return DARWIN.stream().anyMatch(system::startsWith) ? "darwin/" + processor : system + "/" + processor;
    }

    private static Path firstFile(Path folder) {
        if (!Files.isDirectory(folder)) {
            return null;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.findFirst().map(Path::toAbsolutePath).orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void tryLoad(String name, Runnable load, BiConsumer<String, Error> onFailure) {
        try {
            load.run();
        } catch (LinkageError | SnappyError e) {
            onFailure.accept(name, e);
        }
    }

    private static String advice(String name, Path folder, Error error) {
        return "the native library of " + name + " (" + LinkageErrors.describe(error) + "). It is looked for in "
                + folder.toAbsolutePath() + ", then unpacked into java.io.tmpdir="
                + System.getProperty("java.io.tmpdir")
                + ": put the folder native, which is built with the artefact, beside it, or allow code to run from the temporary folder";
    }
}
