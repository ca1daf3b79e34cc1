package dev.lockstep.decode;

import static dev.lockstep.decode.Records.CANCEL;
import static dev.lockstep.decode.Records.CONFIGURE;
import static dev.lockstep.decode.Records.CREATE;
import static dev.lockstep.decode.Records.DEFINE;
import static dev.lockstep.decode.Records.DELETE;
import static dev.lockstep.decode.Records.DEPLOY;
import static dev.lockstep.decode.Records.REDEPLOY;
import static dev.lockstep.decode.Records.REPORT;
import static dev.lockstep.decode.Records.ROLLBACK;
import static dev.lockstep.decode.Records.UNDEPLOY;
import static dev.lockstep.decode.Records.binary;
import static dev.lockstep.decode.Records.refused;
import static dev.lockstep.decode.Records.structured;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.of;

import dev.lockstep.decode.Decoded.RejectedCommand;
import dev.lockstep.decode.schema.Syntax;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.common.Violation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be wrong with the terms of a deployment, with expectations, reports and policies. */
class InvalidDeploymentCommandTest {

    private static final String RELEASE = "{'application':'shop','release':'1',";
    private static final String ENVIRONMENT = "{'application':'shop','environment':'staging',";
    private static final String DEPLOYMENT =
            "{'application':'shop','deployment':'f8a781c0-6b60-3f02-a2bb-a5ea0b8e2bff',";
    private static final String REVISION = "must be an integer from 0 to 2^63-1";

    static Stream<Arguments> violations() {
        return Stream.of(terms(), expectations(), reports(), policies()).flatMap(rows -> rows);
    }

    private static Stream<Arguments> terms() {
        String later = "must be after notBefore";
        return Stream.of(
                of(
                        DEPLOY,
                        RELEASE + "'notBefore':'2026-01-31T12:00:00Z','expiresAt':'2026-01-31T12:00:00Z'}",
                        "/data/expiresAt",
                        later),
                of(
                        ROLLBACK,
                        ENVIRONMENT + "'expiresAt':'2026-01-31T12:00:00+01:00','notBefore':'2026-01-31T11:30:00Z'}",
                        "/data/expiresAt",
                        later),
                of(
                        REDEPLOY,
                        ENVIRONMENT
                                + "'notBefore':'2026-01-31T12:00:00.0001Z','expiresAt':'2026-01-31T12:00:00.0009Z'}",
                        "/data/expiresAt",
                        later),
                of(
                        UNDEPLOY,
                        ENVIRONMENT + "'notBefore':'2027-01-01T00:00:00Z','expiresAt':'2026-01-01T00:00:00Z'}",
                        "/data/expiresAt",
                        later),
                of(DEPLOY, RELEASE + "'notBefore':'tomorrow'}", "/data/notBefore", Syntax.UTC_TIMESTAMP.requirement()),
                of(
                        DEPLOY,
                        RELEASE + "'notBefore':'9999-12-31T23:59:59-01:00'}",
                        "/data/notBefore",
                        Syntax.UTC_TIMESTAMP.requirement()),
                of(DEPLOY, RELEASE + "'expiresAt':1767225600}", "/data/expiresAt", "must be a string, not a number"),
                of(DEPLOY, RELEASE + "'notBefore':null}", "/data/notBefore", "must not be null; leave it out instead"),
                of(
                        DEPLOY,
                        RELEASE + "'ifBlocked':'queue'}",
                        "/data/ifBlocked",
                        "must be one of wait, reject; did you mean \"wait\"?"),
                of(DEPLOY, RELEASE + "'ifBlocked':true}", "/data/ifBlocked", "must be a string, not true or false"),
                of(DELETE, RELEASE + "'notBefore':'2026-01-31T12:00:00Z'}", "/data/notBefore", "is not a known field"),
                of(
                        DEPLOY,
                        RELEASE + "'schedule':'2026-01-31T12:00:00Z'}",
                        "/data/schedule",
                        "is not a known field; did you mean \"notBefore\"?"));
    }

    private static Stream<Arguments> expectations() {
        return Stream.of(
                of(
                        DEPLOY,
                        RELEASE + "'expectedEnvironmentRevision':4}",
                        "/data/expectedEnvironmentRevision",
                        "must not be given without \"environment\""),
                of(
                        ROLLBACK,
                        ENVIRONMENT + "'expectedReleaseRevision':4}",
                        "/data/expectedReleaseRevision",
                        "must not be given without \"release\""),
                of(
                        REDEPLOY,
                        ENVIRONMENT + "'expectedReleaseRevision':4}",
                        "/data/expectedReleaseRevision",
                        "must not be given without \"release\""),
                of(
                        ROLLBACK,
                        ENVIRONMENT + "'release':null,'expectedReleaseRevision':4}",
                        "/data/release",
                        "must not be null; leave it out instead"),
                of(DELETE, "{'application':'shop','expectedReleaseRevision':4}", "/data/release", "is required"),
                of(
                        CREATE,
                        RELEASE + "'title':'t','expectedReleaseRevision':4}",
                        "/data/expectedReleaseRevision",
                        "is not a known field"),
                of(
                        UNDEPLOY,
                        ENVIRONMENT + "'expectedReleaseRevision':4}",
                        "/data/expectedReleaseRevision",
                        "is not a known field"),
                of(DELETE, RELEASE + "'expectedReleaseRevision':-1}", "/data/expectedReleaseRevision", REVISION),
                of(DELETE, RELEASE + "'dryRun':'true'}", "/data/dryRun", "must be true or false, not a string"),
                of(DELETE, RELEASE + "'dryRun':null}", "/data/dryRun", "must not be null; leave it out instead"),
                of(
                        DELETE,
                        RELEASE + "'dry_run':true}",
                        "/data/dry_run",
                        "is not a known field; did you mean \"dryRun\"?"));
    }

    private static Stream<Arguments> reports() {
        String statuses = "must be one of in_progress, succeeded, failed, errored, cancelled; did you mean ";
        return Stream.of(
                of(REPORT, DEPLOYMENT + "'status':'success'}", "/data/status", statuses + "\"succeeded\"?"),
                of(REPORT, DEPLOYMENT + "'status':'done'}", "/data/status", statuses + "\"succeeded\"?"),
                of(REPORT, DEPLOYMENT + "'status':'FAILURE'}", "/data/status", statuses + "\"failed\"?"),
                of(REPORT, DEPLOYMENT + "'status':'canceled'}", "/data/status", statuses + "\"cancelled\"?"),
                of(REPORT, DEPLOYMENT + "'status':'timed_out'}", "/data/status", Syntax.REPORTED_STATUS.requirement()),
                of(REPORT, DEPLOYMENT + "'status':null}", "/data/status", "must not be null"),
                of(REPORT, "{'application':'shop','status':'failed'}", "/data/deployment", "is required"),
                of(
                        REPORT,
                        "{'application':'shop','deployment':'F8A781C0-6B60-3F02-A2BB-A5EA0B8E2BFF','status':'failed'}",
                        "/data/deployment",
                        "must be the id of a deployment, a UUID in lower case"),
                of(
                        CANCEL,
                        "{'application':'shop','deployment':'4711'}",
                        "/data/deployment",
                        Syntax.DEPLOYMENT.requirement()),
                of(
                        REPORT,
                        DEPLOYMENT + "'status':'failed','url':'build/7'}",
                        "/data/url",
                        "must be an https or http URL, such as https://host/path"),
                of(
                        REPORT,
                        DEPLOYMENT + "'status':'failed','url':null}",
                        "/data/url",
                        "must not be null; leave it out instead"),
                of(
                        REPORT,
                        DEPLOYMENT + "'status':'failed','message':'" + "m".repeat(4001) + "'}",
                        "/data/message",
                        "must have 0 to 4000 characters, has 4001"),
                of(
                        REPORT,
                        DEPLOYMENT + "'status':'failed','at':'now'}",
                        "/data/at",
                        Syntax.UTC_TIMESTAMP.requirement()),
                of(
                        REPORT,
                        DEPLOYMENT + "'status':'failed','log':'https://ci.example/7'}",
                        "/data/log",
                        "is not a known field; did you mean \"message\"?"),
                of(
                        REPORT,
                        DEPLOYMENT + "'status':'failed','notBefore':'2026-01-31T12:00:00Z'}",
                        "/data/notBefore",
                        "is not a known field"));
    }

    private static Stream<Arguments> policies() {
        String duration = Syntax.DURATION.requirement();
        return Stream.of(
                of(
                        CONFIGURE,
                        "{'application':'shop','environment':'live'}",
                        "/data",
                        "must name at least one of title, tier, after, policy"),
                of(CONFIGURE, policy("'timeout':'30m'"), "/data/policy/timeout", duration),
                of(CONFIGURE, policy("'timeout':'1h'"), "/data/policy/timeout", duration),
                of(CONFIGURE, policy("'timeout':'PT30m'"), "/data/policy/timeout", duration),
                of(CONFIGURE, policy("'timeout':'P1W'"), "/data/policy/timeout", duration),
                of(CONFIGURE, policy("'timeout':'P1DT'"), "/data/policy/timeout", duration),
                of(CONFIGURE, policy("'timeout':'PT1.5S'"), "/data/policy/timeout", duration),
                of(CONFIGURE, policy("'reportEvery':'PT0S'"), "/data/policy/reportEvery", duration),
                of(CONFIGURE, policy("'soakTime':'1d'"), "/data/policy/soakTime", duration),
                of(CONFIGURE, policy("'reportEvery':'P90DT1S'"), "/data/policy/reportEvery", duration),
                of(
                        CONFIGURE,
                        policy("'timeout':1800"),
                        "/data/policy/timeout",
                        "must be a string, an ISO 8601 duration such as PT30M, not a number"),
                of(
                        CONFIGURE,
                        policy("'completion':'report'"),
                        "/data/policy/completion",
                        "must be one of immediate, reported; did you mean \"reported\"?"),
                of(
                        CONFIGURE,
                        policy("'whenBusy':'fifo'"),
                        "/data/policy/whenBusy",
                        "must be one of supersede, queue, reject; did you mean \"queue\"?"),
                of(
                        CONFIGURE,
                        policy("'onFailure':'rollback'"),
                        "/data/policy/onFailure",
                        "must be one of none, restore; did you mean \"restore\"?"),
                of(CONFIGURE, policy("'maxQueued':0"), "/data/policy/maxQueued", "must be an integer from 1 to 50"),
                of(CONFIGURE, policy("'maxQueued':51"), "/data/policy/maxQueued", "must be an integer from 1 to 50"),
                of(CONFIGURE, policy("'maxQueued':1.5"), "/data/policy/maxQueued", "must be an integer from 1 to 50"),
                of(
                        CONFIGURE,
                        policy("'maxQueued':'5'"),
                        "/data/policy/maxQueued",
                        "must be an integer from 1 to 50, not a string"),
                of(
                        CONFIGURE,
                        policy("'soak':'PT1M'"),
                        "/data/policy/soak",
                        "is not a known field; did you mean \"soakTime\"?"),
                of(
                        CONFIGURE,
                        policy("'heartbeat':'PT1M'"),
                        "/data/policy/heartbeat",
                        "is not a known field; did you mean \"reportEvery\"?"),
                of(
                        DEFINE,
                        "{'application':'shop','environments':[{'id':'a','policy':{'completion':'reported'}}]}",
                        "/data/environments/0/policy",
                        "must not be given for the first environment"),
                of(
                        DEFINE,
                        "{'application':'shop','environments':[{'id':'a'},{'id':'b','policy':{'timeout':'1h'}}]}",
                        "/data/environments/1/policy/timeout",
                        duration));
    }

    private static String policy(String members) {
        return "{'application':'shop','environment':'live','policy':{" + members + "}}";
    }

    @ParameterizedTest
    @MethodSource
    void violations(String type, String data, String pointer, String message) {
        for (var record : List.of(binary(type, data), structured(type, data))) {
            RejectedCommand refused = refused(record.build());

            assertThat(refused.code()).isEqualTo(RejectionCode.INVALID_COMMAND);
            assertThat(refused.violations()).containsExactly(new Violation(pointer, message));
        }
    }
}
