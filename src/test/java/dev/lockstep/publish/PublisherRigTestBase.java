package dev.lockstep.publish;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A broker for all tests of a class. */
abstract class PublisherRigTestBase {

    @TempDir
    static Path dir;

    static PublisherRig rig;

    @BeforeAll
    static void startBroker() {
        rig = new PublisherRig(dir);
    }

    @AfterAll
    static void stopBroker() {
        rig.close();
    }
}
