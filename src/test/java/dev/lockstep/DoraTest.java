package dev.lockstep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.local.EmbeddedDatabase;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/** docs/dora.sql gives the correct figures for a fortnight in which everything is known, loaded as docs/consuming.md says. */
class DoraTest {

    private static final String FIGURES =
            "SELECT application, changes, changes_per_day, lead_time, lead_times, change_failure_rate, time_to_restore"
                    + " FROM dora('2026-03-02T00:00Z', '2026-03-12T00:00Z')";

    @TempDir
    static Path dir;

    private static EmbeddedDatabase database;

    private final InMemoryWorker worker = new InMemoryWorker();

    @BeforeAll
    static void startDatabase() {
        database = EmbeddedDatabase.start(dir.resolve("postgres"), 0, false);
    }

    @AfterAll
    static void stopDatabase() {
        database.close();
    }

    @BeforeEach
    void makeTables() throws SQLException, IOException {
        execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        execute(Files.readString(Path.of("docs/dora.sql")));
    }

    @Test
    void theFiguresOfAKnownFortnight() throws Exception {
        shop();
        blog();
        withoutProduction();
        load();

        assertThat(query(FIGURES))
                .containsExactly(
                        "blog 1 0.10 03:00:00 1 0.00 null",
                        // leads of 4, 6, 8 and 10 hours; restored after 30 minutes and after 2 hours
                        "shop 6 0.60 07:00:00 4 0.33 01:15:00");
    }

    @Test
    void loadingAnEventTwiceChangesNothing() throws Exception {
        shop();
        load();
        List<String> once = query(FIGURES);
        List<String> rows = query("SELECT count(*) FROM lockstep_event");
        load();

        assertThat(query(FIGURES)).isEqualTo(once);
        assertThat(query("SELECT count(*) FROM lockstep_event")).isEqualTo(rows);
    }

    @Test
    void anEnvironmentCalledProductionNeedsNoTier() throws Exception {
        accepted(
                "04T08:00",
                "pipeline.define",
                "{'application':'blog','environments':[{'id':'dev'},{'id':'production'},{'id':'live','tier':'testing'}]}");
        create("04T09:00", "blog", "1", committed("04T08:00"));
        deploy("04T10:00", "blog", "1", "production");
        deploy("04T11:00", "blog", "1", "live");
        load();

        assertThat(query(FIGURES)).containsExactly("blog 1 0.10 02:00:00 1 0.00 null");
    }

    @Test
    void aPipelineChangeDoesNotAffectTheHistory() throws Exception {
        shop();
        blog();
        load();
        List<String> before = query(FIGURES);
        define("shop", "{'id':'development'},{'id':'uat'},{'id':'staging'},{'id':'production','tier':'testing'}");
        define("blog", "{'id':'dev'},{'id':'qa','tier':'production'},{'id':'live','tier':null}");
        load();

        assertThat(query(FIGURES)).isEqualTo(before);
    }

    /** Their deployments do not state the tier of their environment. */
    @Test
    void eventsOfAnOlderVersionCountByTheTierPublishedBeforeThem() throws Exception {
        shop();
        blog();
        load();
        List<String> figures = query(FIGURES);
        define(
                "shop",
                "{'id':'development'},{'id':'staging','tier':'production'},{'id':'production','tier':'testing'}");
        define("blog", "{'id':'dev'},{'id':'qa','tier':'production'},{'id':'live','tier':null}");
        execute("DELETE FROM lockstep_event");
        load(value -> value.replaceAll("\"environmentTier\":(null|\"[a-z]+\"),", ""));

        assertThat(query(FIGURES)).isEqualTo(figures);
    }

    @Test
    void aRedeployIsNotAChange() throws Exception {
        shop();
        accepted("12T01:00", "environment.redeploy", "{'application':'shop','environment':'production'}");
        load();
        List<String> with = query("SELECT count(*) FROM production_deployment");
        execute("DELETE FROM lockstep_event WHERE action = 'redeploy'");

        assertThat(query("SELECT count(*) FROM production_deployment")).isEqualTo(with);
    }

    /** One is rolled back after it was reported as failed, the other is deployed once more and succeeds. */
    @Test
    void whatIsReportedAsFailedIsAFailureFromThenUntilSomethingSucceeds() throws Exception {
        create("02T09:00", "shop", "1", committed("02T08:00"));
        toProduction("02T12:00", "shop", "1");
        accepted(
                "02T13:00",
                "environment.configure",
                "{'application':'shop','environment':'production','policy':{'completion':'reported'}}");
        create("03T09:00", "shop", "2", committed("03T08:00"));
        toProduction("03T10:00", "shop", "2");
        report("03T11:00", "failed");
        accepted("03T11:10", "environment.redeploy", "{'application':'shop','environment':'production'}");
        report("03T11:30", "succeeded");
        deploy("04T10:00", "shop", "2", "production");
        report("04T10:30", "errored");
        deploy("04T11:00", "shop", "2", "production");
        report("04T12:00", "succeeded");
        rollBack("05T10:00");
        report("05T10:30", "succeeded");
        load();

        assertThat(
                        query(
                                "SELECT release, lead_time, time_to_restore, failed FROM production_change ORDER BY finished_at"))
                .containsExactly(
                        "1 04:00:00 null f", "2 null 00:30:00 t", "2 null 01:30:00 t", "2 1 day 04:00:00 22:30:00 t");
        assertThat(query(FIGURES)).containsExactly("shop 4 0.40 16:00:00 2 0.75 01:30:00");
    }

    /** Reports on the deployment in progress in production. */
    private void report(String time, String status) {
        String deployment = worker.latest(InMemoryWorker.TOPICS.deploymentStatus(), "shop/production")
                .path("active")
                .path("id")
                .asText();
        accepted(
                time,
                "deployment.report",
                "{'application':'shop','deployment':'%s','status':'%s'}".formatted(deployment, status));
    }

    private void define(String application, String environments) {
        accepted(
                "13T08:00",
                "pipeline.define",
                "{'application':'%s','environments':[%s]}".formatted(application, environments));
    }

    @Test
    void aCommitOfTheFutureCountsAsUnknown() throws Exception {
        create("05T08:00", "shop", "1", "'source':{'committedAt':'9999-12-31T00:00:00Z'}");
        toProduction("05T09:00", "shop", "1");
        load();

        assertThat(query(FIGURES)).containsExactly("shop 1 0.10 null 0 0.00 null");
    }

    /** Without a join there is nothing whose cost could grow with the square of the events. */
    @Test
    void theFiguresNeedOnePassOverTheEvents() throws Exception {
        shop();
        load();

        String plan = String.join("\n", query("EXPLAIN SELECT * FROM production_change"));

        assertThat(plan)
                .contains("WindowAgg")
                .doesNotContain("Join")
                .doesNotContain("Loop")
                .doesNotContain("SubPlan");
        assertThat(plan.split("on lockstep_event", -1)).hasSize(2);
    }

    @Test
    void aCommitTimeThatPostgresDoesNotTakeCountsAsUnknown() throws Exception {
        create("05T08:00", "shop", "1", "'source':{'committedAt':'0000-03-05T08:00:00+23:00'}");
        toProduction("05T09:00", "shop", "1");
        load();

        assertThat(query(FIGURES)).containsExactly("shop 1 0.10 null 0 0.00 null");
    }

    private void shop() {
        create("02T09:00", "shop", "1.0.0", committed("02T08:00"));
        toProduction("02T12:00", "shop", "1.0.0");
        create("03T09:00", "shop", "1.1.0", committed("03T08:00"));
        toProduction("03T18:00", "shop", "1.1.0");
        rollBack("03T18:30");
        create("05T09:00", "shop", "1.2.0", committed("05T08:00"));
        toProduction("05T14:00", "shop", "1.2.0");
        create("06T09:00", "shop", "1.3.0", committed("06T08:00"));
        toProduction("06T16:00", "shop", "1.3.0");
        rollBack("06T17:00");
        rollBack("06T18:00");
        create("09T09:00", "shop", "1.4.0", "'title':'No commit'");
        toProduction("09T10:00", "shop", "1.4.0");
        deploy("10T10:00", "shop", "1.3.0", "production");
        accepted("11T08:00", "release.undeploy", "{'application':'shop','environment':'production'}");
        create("11T09:00", "shop", "1.5.0", committed("11T08:00"));
        toProduction("12T00:00", "shop", "1.5.0");
    }

    private void blog() {
        accepted(
                "04T08:00",
                "pipeline.define",
                "{'application':'blog','environments':[{'id':'dev'},{'id':'qa','tier':'testing'},{'id':'live','tier':'production'}]}");
        create("04T09:00", "blog", "1", committed("04T08:00"));
        deploy("04T10:00", "blog", "1", "qa");
        deploy("04T11:00", "blog", "1", "live");
    }

    private void withoutProduction() {
        create("04T09:00", "lab", "1", committed("04T08:00"));
        deploy("04T10:00", "lab", "1", "staging");
    }

    private void create(String time, String application, String release, String more) {
        String title = more.startsWith("'title'") ? more : "'title':'Release'," + more;
        accepted(
                time,
                "release.create",
                "{'application':'%s','release':'%s',%s}".formatted(application, release, title));
    }

    private static String committed(String time) {
        return "'source':{'commitSha':'0a1b','committedAt':'%s'}".formatted(instant(time));
    }

    private void toProduction(String time, String application, String release) {
        deploy(time, application, release, "staging");
        deploy(time, application, release, "production");
    }

    private void deploy(String time, String application, String release, String environment) {
        accepted(
                time,
                "release.deploy",
                "{'application':'%s','release':'%s','environment':'%s'}".formatted(application, release, environment));
    }

    private void rollBack(String time) {
        accepted(time, "environment.rollback", "{'application':'shop','environment':'production'}");
    }

    private void accepted(String time, String type, String data) {
        String result =
                new String(worker.at(instant(time)).send(type, data).get(0).value(), StandardCharsets.UTF_8);
        assertThat(result).contains("\"outcome\":\"accepted\"");
    }

    private static Instant instant(String dayAndTime) {
        return Instant.parse("2026-03-" + dayAndTime + ":00Z");
    }

    private void load() throws Exception {
        load(UnaryOperator.identity());
    }

    private void load(UnaryOperator<String> older) throws Exception {
        Matcher copy =
                Pattern.compile("\"(COPY event [^\"]*)\"").matcher(Files.readString(Path.of("docs/consuming.md")));
        assertThat(copy.find()).isTrue();
        String lines = worker.out().stream()
                .filter(record -> record.topic().equals("lockstep.events.v1"))
                .map(record -> older.apply(new String(record.value(), StandardCharsets.UTF_8)) + "\n")
                .collect(Collectors.joining());
        try (Connection connection = database.dataSource().getConnection()) {
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy.group(1), new StringReader(lines));
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> query(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            ResultSet found = statement.executeQuery(sql);
            while (found.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                    row.add(found.getString(i));
                }
                rows.add(String.join(" ", row));
            }
        }
        return rows;
    }
}
