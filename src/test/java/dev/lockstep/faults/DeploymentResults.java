package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.ExpectedRefusal;
import dev.lockstep.model.SentCommand;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The results of commands to {@link DeploymentLoad}: what each says about its command, about a re-send, and about deployments.
 */
final class DeploymentResults {

    private record IdempotencyKey(String application, String source, String id) {}

    private record FirstResult(SentCommand sent, JsonNode result) {}

    /** A report that a deployer was told was accepted. */
    record Report(String application, String deployment, String status, Instant at) {}

    private static final Set<ExpectedRefusal> UNREAD =
            Set.of(ExpectedRefusal.UNKNOWN_COMMAND, ExpectedRefusal.INVALID_COMMAND, ExpectedRefusal.KEY_MISMATCH);
    private static final List<String> TELLING =
            List.of("outcome", "revision", "deployment", "deploymentStatus", "blockedBy", "problem");

    private final Findings findings;
    private final Map<IdempotencyKey, FirstResult> remembered = new HashMap<>();
    private final List<Report> reports = new ArrayList<>();
    private final Map<CommandKind, Long> accepted = new EnumMap<>(CommandKind.class);
    private final Map<ExpectedRefusal, Long> refused = new EnumMap<>(ExpectedRefusal.class);
    private long dry;

    DeploymentResults(Findings findings) {
        this.findings = findings;
    }

    /** @return the revision up to which it has changed something, 0 for nothing */
    long look(ConsumedRecord result, SentCommand sent) {
        JsonNode data = result.value();
        same(result, "commandId", sent.id(), data);
        same(result, "commandSource", sent.source(), data);
        same(result, "commandType", sent.type(), data);
        same(result, "application", sent.application(), data);
        String code = data.at("/problem/code").textValue();
        boolean isDryRun = sent.data().path("dryRun").asBoolean();
        if (data.path("dryRun").asBoolean() != isDryRun && !isUnread(code)) {
            differs(result, "dryRun is " + data.get("dryRun"));
        }
        if (isDuplicate(result, sent, data, code, isDryRun)) {
            return 0;
        }
        if (code != null) {
            refused.merge(ExpectedRefusal.valueOf(code), 1L, Long::sum);
            return 0;
        }
        if (isDryRun) {
            dry++;
            return 0;
        }
        accepted.merge(CommandKind.ofType(sent.type()), 1L, Long::sum);
        if (sent.kind() == CommandKind.REPORT) {
            reports.add(new Report(
                    sent.application(),
                    sent.data().get("deployment").textValue(),
                    sent.data().get("status").textValue(),
                    Instant.parse(result.header("ce_time"))));
        }
        return data.get("revision").longValue();
    }

    /** Refused for its form, which is checked before the id (section 4). */
    private static boolean isUnread(String code) {
        return code != null && UNREAD.contains(ExpectedRefusal.valueOf(code));
    }

    private boolean isDuplicate(ConsumedRecord result, SentCommand sent, JsonNode data, String code, boolean isDryRun) {
        boolean told = data.get("duplicate").asBoolean();
        IdempotencyKey key = new IdempotencyKey(sent.application(), sent.source(), sent.id());
        FirstResult first = remembered.get(key);
        boolean usesUpId = !isDryRun && !isUnread(code);
        if (first == null) {
            if (told) {
                differs(result, "duplicate, and it is the first");
            }
            if (usesUpId) {
                remembered.put(key, new FirstResult(sent, data));
            }
            return told;
        }
        if (!first.sent.sameContent(sent)) {
            if (!ExpectedRefusal.ID_REUSED.name().equals(code) && !isUnread(code)) {
                differs(result, "the id was used, and it is " + data);
            }
            return false;
        }
        boolean isAlike =
                TELLING.stream().allMatch(member -> Objects.equals(data.get(member), first.result.get(member)));
        if (!told || !isAlike) {
            findings.add(Breach.DOUBLED, result + " of " + sent.id() + " is " + data + " after " + first.result);
        }
        return true;
    }

    /** The accepted reports. */
    List<Report> reports() {
        return reports;
    }

    Map<CommandKind, Long> accepted() {
        return accepted;
    }

    Map<ExpectedRefusal, Long> refused() {
        return refused;
    }

    long dry() {
        return dry;
    }

    private void same(ConsumedRecord result, String member, String expected, JsonNode data) {
        if (!Objects.equals(expected, data.path(member).textValue())) {
            differs(result, member + " is " + data.get(member) + ", not " + expected);
        }
    }

    private void differs(ConsumedRecord result, String what) {
        findings.add(Breach.DIFFERING, result + ": " + what);
    }
}
