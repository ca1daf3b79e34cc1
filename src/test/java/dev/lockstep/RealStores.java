package dev.lockstep;

import dev.lockstep.local.EmbeddedDatabase;
import dev.lockstep.local.EmbeddedKafka;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A broker and a database for tests that run the worker's components inside Quarkus. */
public final class RealStores implements QuarkusTestResourceLifecycleManager {

    private EmbeddedKafka kafka;
    private EmbeddedDatabase database;

    @Override
    public Map<String, String> start() {
        Path folder = folder();
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        database = EmbeddedDatabase.start(folder.resolve("db"), 0, false);
        Map<String, String> config = new HashMap<>();
        config.put("quarkus.http.test-port", "0");
        config.put("quarkus.log.category.\"dev.lockstep.store\".level", "OFF");
        config.put("lockstep.kafka.bootstrap-servers", kafka.bootstrapServers());
        config.put("lockstep.database.host", database.host());
        config.put("lockstep.database.port", String.valueOf(database.port()));
        config.put("lockstep.database.name", database.database());
        config.put("lockstep.database.user", database.user());
        config.put("lockstep.database.password", database.password());
        return config;
    }

    @Override
    public void stop() {
        if (kafka != null) {
            kafka.close();
        }
        if (database != null) {
            database.close();
        }
    }

    private static Path folder() {
        try {
            Path target = Path.of(System.getProperty("basedir", ""), "target").toAbsolutePath();
            return Files.createTempDirectory(Files.createDirectories(target), "stores");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
