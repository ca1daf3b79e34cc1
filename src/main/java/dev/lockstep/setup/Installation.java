package dev.lockstep.setup;

import dev.lockstep.config.Settings;
import dev.lockstep.partition.CommitMetadata;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * What all workers on one database must share, stored there at the first start: publishing is fenced by the consumer
 * group, and another group, or the same group on other topics, would publish what this one has already published.
 */
final class Installation {

    /** Generated at the first start: it distinguishes this database from others. */
    private static final String ID = "id";

    private static final String GROUP = "lockstep.kafka.group";

    /** The topics that the first start creates; removed once it has finished. */
    private static final String TOPICS_BEING_CREATED = "creating";

    private final DataSource database;

    /** Sorted, so that if two workers start at once, one of them stores everything. */
    private final SortedMap<String, String> ownSettings;

    Installation(DataSource database, Settings settings) {
        this(database, sharedSettings(settings));
    }

    Installation(DataSource database, SortedMap<String, String> ownSettings) {
        this.database = database;
        this.ownSettings = ownSettings;
    }

    private static SortedMap<String, String> sharedSettings(Settings settings) {
        Settings.TopicsConfig topics = settings.topics();
        SortedMap<String, String> settingsByName = new TreeMap<>();
        settingsByName.put(GROUP, settings.kafka().group());
        settingsByName.put("lockstep.topics.commands", topics.commands());
        settingsByName.put("lockstep.topics.results", topics.results());
        settingsByName.put("lockstep.topics.events", topics.events());
        settingsByName.put("lockstep.topics.release-status", topics.releaseStatus());
        settingsByName.put("lockstep.topics.deployment-status", topics.deploymentStatus());
        settingsByName.put("lockstep.topics.application-status", topics.applicationStatus());
        settingsByName.put("lockstep.topics.dead-letters", topics.deadLetters());
        return settingsByName;
    }

    /** @throws SetupException if a stored setting differs from this worker's */
    void requireSameSettings() throws SQLException {
        stored().forEach((name, kept) -> {
            String value = ownSettings.getOrDefault(name, kept);
            if (!value.equals(kept)) {
                throw new SetupException(name + " is " + value + ", but the workers on this database have had " + kept
                        + " since their first start: set it to that. To change it for all of them, see"
                        + " \"Another group or other topics\" in docs/operations.md");
            }
        });
    }

    /** The id of the database; null before anything has been stored. */
    String id() throws SQLException {
        return stored().get(ID);
    }

    private SortedMap<String, String> stored() throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement select = connection.prepareStatement("select name, value from installation");
                ResultSet row = select.executeQuery()) {
            SortedMap<String, String> kept = new TreeMap<>();
            while (row.next()) {
                kept.put(row.getString(1), row.getString(2));
            }
            return kept;
        }
    }

    /**
     * Until the first start has finished, topics are created if there are none. If there are some, they belong to another
     * installation, unless a worker on this database has begun to create them and did not finish.
     *
     * @param existing topics of this installation that exist
     * @param missing the topics to be created
     * @throws SetupException if they do not belong to this installation
     */
    void requireOwnTopics(Collection<String> existing, Collection<String> missing) throws SQLException {
        SortedMap<String, String> kept = stored();
        if (kept.containsKey(GROUP)) {
            return;
        }
        if (existing.isEmpty()) {
            storeTopicsToCreate(missing);
        } else if (!List.of(kept.getOrDefault(TOPICS_BEING_CREATED, "").split(" "))
                .containsAll(existing)) {
            throw new SetupException("this is the first start on this database, but of its topics " + sorted(existing)
                    + " already exist and " + sorted(missing) + " do not. If those belong to another installation,"
                    + " correct lockstep.topics.*; if they are meant for this one, create the others too");
        }
    }

    private static List<String> sorted(Collection<String> names) {
        return names.stream().sorted().toList();
    }

    private void storeTopicsToCreate(Collection<String> topics) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement("""
                        insert into installation (name, value) values (?, ?)
                        on conflict (name) do update set value = excluded.value""")) {
            insert.setString(1, TOPICS_BEING_CREATED);
            insert.setString(2, String.join(" ", topics));
            insert.executeUpdate();
        }
    }

    /**
     * A worker on a different database than the rest of its group would take partitions that it knows nothing about.
     *
     * @param committed the group's offsets
     * @throws SetupException if workers on another database committed any of them
     */
    void requireOwnGroup(Collection<OffsetAndMetadata> committed) throws SQLException {
        String id = id();
        boolean isOfAnother = committed.stream()
                .filter(Objects::nonNull)
                .map(offset -> CommitMetadata.databaseIdOf(offset.metadata()))
                .anyMatch(database -> database != null && !database.equals(id));
        if (isOfAnother) {
            throw new SetupException("consumer group " + ownSettings.get(GROUP)
                    + " belongs to another database: check lockstep.database.host"
                    + " and lockstep.database.name, or give this installation a group and topics of its own");
        }
    }

    /**
     * Stores the settings that are not stored yet.
     *
     * @throws SetupException if another worker stored different values first
     */
    void store() throws SQLException {
        SortedMap<String, String> all = new TreeMap<>(ownSettings);
        all.put(ID, UUID.randomUUID().toString());
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement("""
                        with over as (delete from installation where name = '%s')
                        insert into installation (name, value) select * from unnest(?::text[], ?::text[])
                        on conflict do nothing""".formatted(TOPICS_BEING_CREATED))) {
            insert.setArray(1, connection.createArrayOf("text", all.keySet().toArray()));
            insert.setArray(2, connection.createArrayOf("text", all.values().toArray()));
            insert.executeUpdate();
        }
        requireSameSettings();
    }
}
