package dev.lockstep.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The {@link BareLoop} as a contender, with the worker's own Java options. */
final class BareLoopProcess implements Contender {

    private final Testbed bed;
    private final Place place;
    private final Path sample;
    private ChildJvm process;

    BareLoopProcess(Testbed bed, Place place, Path sample) {
        this.bed = bed;
        this.place = place;
        this.sample = sample;
    }

    @Override
    public Place place() {
        return place;
    }

    @Override
    public void start() {
        process = ChildJvm.start(
                BareLoop.class,
                bed.settings().javaOptions(),
                List.of(bed.bootstrapServers(), place.name(), bed.jdbcUrl(place.database()), sample.toString()),
                bed.settings().out().resolve(place.name() + ".log"));
    }

    @Override
    public void awaitReady(Duration atMost) {
        // start() returns when it is up
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public void stop() {
        if (process != null) {
            process.close();
            process = null;
        }
    }
}
