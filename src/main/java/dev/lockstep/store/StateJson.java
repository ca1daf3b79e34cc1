package dev.lockstep.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.release.Release;

/**
 * The JSON of the {@code state} columns, as the records named {@code …Row} have it. Times are milliseconds since 1970; what is
 * null is left out; unknown members are skipped, so that a worker can read what a later one wrote.
 */
final class StateJson {

    /**
     * The newest row of {@code application} that this version reads. Format 1 is found by the partition count of the first start
     * and holds all dropped environments; format 2 may live in another partition; format 3 also counts the dropped
     * environments that have rows of their own; format 4 has stages with more than a tier, a profile, or archived releases on
     * the lines of its environments, or is archived itself; format 5 has policies with more than {@code onlyNewer}, deployments
     * that are on their way, or such as ended last otherwise than by succeeding at once, or keeps its newest releases in sight
     * alone.
     */
    static final int APPLICATION_FORMAT = 5;

    /**
     * The newest row of {@code release} that this version reads. Format 2 has annotations or is archived; format 3 has locks that
     * do not follow from its successes, or was unarchived.
     */
    static final int RELEASE_FORMAT = 3;

    /**
     * The newest row of {@code environment} that this version reads. Format 2 has a last deployment that ended otherwise than by
     * succeeding at once.
     */
    static final int ENVIRONMENT_FORMAT = 2;

    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .enable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DATE_TIMESTAMPS_AS_NANOSECONDS)
            .disable(DeserializationFeature.READ_DATE_TIMESTAMPS_AS_NANOSECONDS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();

    private static final RowMapper<ApplicationRow> APPLICATIONS = new RowMapper<>("application", ApplicationRow.class);
    private static final RowMapper<EnvironmentRow> ENVIRONMENTS = new RowMapper<>("environment", EnvironmentRow.class);
    private static final RowMapper<ReleaseRow> RELEASES = new RowMapper<>("release", ReleaseRow.class);

    private StateJson() {}

    static Application application(String id, long revision, long releases, String state) {
        return APPLICATIONS.read(state).application(id, revision, releases);
    }

    static String of(Application application) {
        return APPLICATIONS.write(ApplicationRow.of(application));
    }

    static Environment environment(String id, String state) {
        return ENVIRONMENTS.read(state).environment(id);
    }

    static String of(Environment environment) {
        return ENVIRONMENTS.write(EnvironmentRow.of(null, environment));
    }

    static Release release(String id, String state) {
        return RELEASES.read(state).release(id);
    }

    static String of(Release release) {
        return RELEASES.write(ReleaseRow.of(release));
    }

    /** Reads and writes one type. */
    private static final class RowMapper<T> {
        private final String table;
        private final ObjectReader reader;
        private final ObjectWriter writer;

        RowMapper(String table, Class<T> type) {
            this.table = table;
            reader = JSON.readerFor(type);
            writer = JSON.writerFor(type);
        }

        T read(String state) {
            try {
                return reader.readValue(state);
            } catch (InvalidFormatException e) {
                throw e.getTargetType().isEnum()
                        ? NewerFormatException.unknownConstant(table, e.getValue())
                        : unreadable(e);
            } catch (JsonProcessingException e) {
                throw unreadable(e);
            }
        }

        /** Without its cause, whose message quotes what is stored. */
        private IllegalStateException unreadable(JsonProcessingException e) {
            String member = e instanceof JsonMappingException mapping ? " member=" + mapping.getPathReference() : "";
            return new IllegalStateException("stored state is unreadable table=" + table + member);
        }

        String write(T row) {
            try {
                return writer.writeValueAsString(row);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("state cannot be stored", e);
            }
        }
    }
}
