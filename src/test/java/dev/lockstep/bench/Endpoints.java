package dev.lockstep.bench;

/** Where a contender finds its broker and Postgres, which is on this machine. */
record Endpoints(String bootstrapServers, int postgresPort) {}
