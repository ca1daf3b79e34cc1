package dev.lockstep.store.format;

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
 * The JSON of the {@code state} columns, defined by the records named {@code …Row}. Times are milliseconds since 1970; null
 * members are left out; unknown members are skipped, so that a worker can read what a later version wrote.
 */
public final class StateJson {

    /**
     * The newest {@code application} row that this version reads. Format 1 is located by the partition count of the first start
     * and holds all dropped environments; format 2 may live in another partition; format 3 also counts the dropped
     * environments that have rows of their own; format 4 has stages with more than a tier, a profile, or archived releases on
     * the lines of its environments, or is archived itself; format 5 has policies with more than {@code onlyNewer}, deployments
     * that are on their way, or that ended last without immediate success, or keeps only its newest releases in
     * sight; format 6 has policies with a soak time, or deployments that wait for it.
     */
    public static final int APPLICATION_FORMAT = 6;

    /**
     * The newest {@code release} row that this version reads. Format 2 has annotations or is archived; format 3 has locks that
     * do not follow from its successes, or was unarchived.
     */
    public static final int RELEASE_FORMAT = 3;

    /**
     * The newest {@code environment} row that this version reads. Format 2 has a last deployment that ended other than by
     * immediate success.
     */
    public static final int ENVIRONMENT_FORMAT = 2;

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

    public static Application parseApplication(String id, long revision, long releases, String state) {
        return APPLICATIONS.read(state).toApplication(id, revision, releases);
    }

    public static String toJson(Application application) {
        return APPLICATIONS.write(ApplicationRow.of(application));
    }

    public static Environment parseEnvironment(String id, String state) {
        return ENVIRONMENTS.read(state).toEnvironment(id);
    }

    public static String toJson(Environment environment) {
        return ENVIRONMENTS.write(EnvironmentRow.of(null, environment));
    }

    public static Release parseRelease(String id, String state) {
        return RELEASES.read(state).toRelease(id);
    }

    public static String toJson(Release release) {
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

        /** Without the cause, whose message quotes stored data. */
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
