package dev.lockstep.board.tables;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** What the tables of the board hold (db/board), one record for each. What may be null is said; {@code state} is as published. */
final class Rows {

    private Rows() {}

    /** @param title, owner may be null */
    record ApplicationRow(String id, long revision, String title, String owner, boolean archived, String state) {

        /** What a search looks at. */
        String words() {
            return words(id, title, owner);
        }

        private static String words(String... texts) {
            return Rows.searchTokens(texts);
        }
    }

    /**
     * @param facts null for one that is gone
     * @param gone why, null for one that is there
     */
    record ReleaseRow(String application, String id, long revision, ReleaseFacts facts, String state, String gone) {}

    /** @param commit, artifact may be null */
    record ReleaseFacts(
            long createdRevision,
            String title,
            String description,
            String commit,
            String artifact,
            List<String> currentIn) {

        String words(String id) {
            return Rows.searchTokens(id, title, description, commit);
        }
    }

    /**
     * @param current the release that runs there, or null
     * @param currentSince since when, or null
     * @param previous the other release that last ran there, or null
     * @param failedAt when the last deployment there ended, if it failed, else null
     * @param state null for one that is gone
     * @param gone why, null for one that is there
     */
    record EnvironmentRow(
            String application,
            String id,
            long revision,
            int position,
            String tier,
            String current,
            boolean isMoving,
            boolean isWaiting,
            Instant failedAt,
            String state,
            String gone,
            Instant currentSince,
            String previous) {}

    /**
     * @param revision of the first event that told of it
     * @param latestRevision the revision of the last
     */
    record DeploymentRow(
            String application,
            UUID id,
            long revision,
            long latestRevision,
            String release,
            String environment,
            String status,
            String state,
            Instant createdAt) {

        DeploymentRow withRevision(long revision) {
            return new DeploymentRow(
                    application, id, revision, latestRevision, release, environment, status, state, createdAt);
        }
    }

    /** @param release, environment, deployment may be null */
    record EventRow(
            String application,
            long revision,
            String type,
            Instant at,
            String release,
            String environment,
            UUID deployment,
            UUID cause) {}

    /**
     * @param release null when nothing runs from then on, with deployment and actor
     * @param previous what ran until then, or null
     */
    record RunRow(
            String application,
            String environment,
            long revision,
            Instant since,
            String release,
            UUID deployment,
            String actor,
            String previous) {}

    /**
     * A result; or, without an outcome, what has events and no result so far.
     *
     * @param cause of source and id
     */
    record ActivityRow(
            String application,
            String source,
            String command,
            UUID cause,
            Instant at,
            long revision,
            String type,
            String outcome,
            String code,
            String detail,
            String actor,
            String reason,
            String release,
            String environment,
            UUID deployment) {

        boolean isRejected() {
            return "rejected".equals(outcome);
        }
    }

    /**
     * @param next the offset behind the last record that was read
     * @param topicId of that topic, null when it is not known
     */
    record ProgressRow(String topic, int partition, long next, String topicId) {}

    private static String searchTokens(String... texts) {
        return Tokens.of(texts).collect(Collectors.joining(" "));
    }
}
