package dev.lockstep.local;

import java.time.Instant;

/** What the user of the local run can try next, ready to be pasted into another terminal. */
final class NextSteps {

    private static final String TEXT = """

              What to try next, in another terminal (with kcat, or any Kafka client):

              See all of it on a page, and act there:
                http://localhost:%2$d/

              Watch the outcomes:
                kcat -C -b %1$s -t lockstep.results.v1 -o end -q -f '%%k  %%s\\n'

              Create a release (every command wants a new id):
                echo '{"specversion":"1.0","id":"%7$s-1","source":"/me","type":"dev.lockstep.release.create.v1","data":{"application":"shop","release":"%8$s","title":"The next one"}}' | kcat -P -b %1$s -t lockstep.commands.v1 -k shop

              Deploy it to staging, and see that it can no longer be deleted:
                echo '{"specversion":"1.0","id":"%7$s-2","source":"/me","type":"dev.lockstep.release.deploy.v1","data":{"application":"shop","release":"%8$s","environment":"staging"}}' | kcat -P -b %1$s -t lockstep.commands.v1 -k shop
                echo '{"specversion":"1.0","id":"%7$s-3","source":"/me","type":"dev.lockstep.release.delete.v1","data":{"application":"shop","release":"%8$s"}}' | kcat -P -b %1$s -t lockstep.commands.v1 -k shop

              The state of every release, and of every environment:
                kcat -C -b %1$s -t lockstep.release-status.v1 -o beginning -e -q -f '%%k  %%s\\n'
                kcat -C -b %1$s -t lockstep.deployment-status.v1 -o beginning -e -q -f '%%k  %%s\\n'

              The worker's health, and its tables:
                curl http://localhost:%2$d/q/health
                psql -h %3$s -p %4$d -U %5$s %6$s

              Everything stays up until Ctrl-C.
            """;

    private NextSteps() {}

    /** @param start distinguishes this run from others; ids or a release used before would be duplicates, or refused */
    static String of(String bootstrapServers, int httpPort, EmbeddedDatabase database, Instant start) {
        long second = start.getEpochSecond();
        return TEXT.formatted(
                bootstrapServers,
                httpPort,
                database.host(),
                database.port(),
                database.user(),
                database.database(),
                "try-" + second,
                "1.1.0+" + second);
    }
}
