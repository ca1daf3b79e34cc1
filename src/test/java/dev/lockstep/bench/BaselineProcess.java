package dev.lockstep.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A baseline as a contender: a main class in a JVM of its own, with the worker's Java options. */
final class BaselineProcess implements Contender {

    private final Testbed bed;
    private final Endpoints endpoints;
    private final ContenderResources place;
    private final Class<?> main;
    private final List<String> more;
    private ChildJvm process;

    /**
     * @param main a main class with the arguments bootstrap servers, name of the place, JDBC URL
     * @param more further arguments after those
     */
    BaselineProcess(Testbed bed, Endpoints endpoints, ContenderResources place, Class<?> main, String... more) {
        this.bed = bed;
        this.endpoints = endpoints;
        this.place = place;
        this.main = main;
        this.more = List.of(more);
    }

    @Override
    public ContenderResources place() {
        return place;
    }

    @Override
    public void start() {
        String jdbcUrl = bed.jdbcUrl(place.database(), endpoints.postgresPort());
        List<String> arguments = new ArrayList<>(List.of(endpoints.bootstrapServers(), place.name(), jdbcUrl));
        arguments.addAll(more);
        process = ChildJvm.start(
                main,
                bed.settings().javaOptions(),
                arguments,
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
