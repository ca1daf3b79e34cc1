package dev.lockstep.board.tables;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** The rows of the board's tables (db/board), one record for each. What may be null says so; {@code state} is as published. */
final class Rows {

    private Rows() {}

    /**
     * @param title may be null
     * @param owner may be null
     */
    record BoardApplicationRow(String id, long revision, String title, String owner, boolean archived, String state) {

        /** The words that a search looks at. */
        String words() {
            return searchWords(id, title, owner);
        }
    }

    /**
     * @param facts null if the release is gone
     * @param goneReason why it is gone; null if it exists
     */
    record BoardReleaseRow(
            String application, String id, long revision, ReleaseFacts facts, String state, String goneReason) {

        static BoardReleaseRow gone(String application, String id, long revision, String reason) {
            return new BoardReleaseRow(application, id, revision, null, null, reason);
        }
    }

    /**
     * @param commitSha may be null
     * @param artifact may be null
     */
    record ReleaseFacts(
            long createdRevision,
            String title,
            String description,
            String commitSha,
            String artifact,
            List<String> currentIn) {

        /** The words that a search for a release looks at. */
        String words(String id) {
            return searchWords(id, title, description, commitSha);
        }
    }

    /**
     * @param current the release that runs there, or null
     * @param currentSince since when it has run there, or null
     * @param previous the last other release that ran there, or null
     * @param failedAt when the last deployment there ended, if it failed, else null
     * @param state null for one that is gone
     * @param goneReason why, null for one that is there
     */
    record BoardEnvironmentRow(
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
            String goneReason,
            Instant currentSince,
            String previous) {

        static BoardEnvironmentRow gone(String application, String id, long revision, String reason) {
            return new BoardEnvironmentRow(
                    application, id, revision, 0, null, null, false, false, null, null, reason, null, null);
        }
    }

    /**
     * @param firstRevision the revision of the first event about it
     * @param latestRevision the revision of the latest event about it
     */
    record BoardDeploymentRow(
            String application,
            UUID id,
            long firstRevision,
            long latestRevision,
            String release,
            String environment,
            String status,
            String state,
            Instant createdAt) {

        BoardDeploymentRow withRevision(long revision) {
            return new BoardDeploymentRow(
                    application, id, revision, latestRevision, release, environment, status, state, createdAt);
        }
    }

    /**
     * @param release may be null
     * @param environment may be null
     * @param deployment may be null
     */
    record EventRow(
            String application,
            long revision,
            String type,
            Instant at,
            String release,
            String environment,
            UUID deployment,
            UUID causeId) {}

    /**
     * @param release null when nothing runs from then on; deployment and actor are null then, too
     * @param previous the release that ran until then, or null
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
     * A result; or, without an outcome, something that has events but no result so far.
     *
     * @param causeId see {@link #causeIdOf}
     * @param refusalId the id of a refusal's result, by which it is recognised in whatever topic it is read; null for anything else
     */
    record ActivityRow(
            String application,
            String source,
            String commandId,
            UUID causeId,
            UUID refusalId,
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

        /**
         * What the result of a command, or whatever a timer did, has in common with its events: they all have the time at which it
         * was decided. The id alone may be used again: a command's once its outcome is forgotten, a timer's at any time.
         */
        static UUID causeIdOf(String application, String source, String command, Instant at) {
            String name = application + ' ' + source + ' ' + command + ' ' + at;
            return UUID.nameUUIDFromBytes(name.getBytes(UTF_8));
        }
    }

    /**
     * @param nextOffset the offset after the last record that was read
     * @param topicId the id of that topic; null when unknown
     */
    record ProgressRow(String topic, int partition, long nextOffset, String topicId) {}

    private static String searchWords(String... texts) {
        return Tokens.of(texts).collect(Collectors.joining(" "));
    }
}
