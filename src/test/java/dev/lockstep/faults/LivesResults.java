package dev.lockstep.faults;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lockstep.faults.Findings.Breach;
import dev.lockstep.model.Code;
import dev.lockstep.model.Kind;
import dev.lockstep.model.Sent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The results of commands to {@link Lives}: what each says of its command, of a re-send, and of deployments. */
final class LivesResults {

    private record IdempotencyKey(String application, String source, String id) {}

    private record First(Sent sent, JsonNode result) {}

    /** What a deployer was told to be taken note of. */
    record Report(String application, String deployment, String status, Instant at) {}

    private static final Set<Code> UNREAD = Set.of(Code.UNKNOWN_COMMAND, Code.INVALID_COMMAND, Code.KEY_MISMATCH);
    private static final List<String> TELLING =
            List.of("outcome", "revision", "deployment", "deploymentStatus", "blockedBy", "problem");

    private final Findings findings;
    private final Map<IdempotencyKey, First> remembered = new HashMap<>();
    private final List<Report> reports = new ArrayList<>();
    private final Map<Kind, Long> accepted = new EnumMap<>(Kind.class);
    private final Map<Code, Long> refused = new EnumMap<>(Code.class);
    private long dry;

    LivesResults(Findings findings) {
        this.findings = findings;
    }

    /** @return the revision up to which it has changed something, 0 for nothing */
    long look(Out result, Sent sent) {
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
            refused.merge(Code.valueOf(code), 1L, Long::sum);
            return 0;
        }
        if (isDryRun) {
            dry++;
            return 0;
        }
        accepted.merge(Kind.ofType(sent.type()), 1L, Long::sum);
        if (sent.kind() == Kind.REPORT) {
            reports.add(new Report(
                    sent.application(),
                    sent.data().get("deployment").textValue(),
                    sent.data().get("status").textValue(),
                    Instant.parse(result.header("ce_time"))));
        }
        return data.get("revision").longValue();
    }

    /** Refused for its form, which is looked at before the id (section 4). */
    private static boolean isUnread(String code) {
        return code != null && UNREAD.contains(Code.valueOf(code));
    }

    private boolean isDuplicate(Out result, Sent sent, JsonNode data, String code, boolean isDryRun) {
        boolean told = data.get("duplicate").asBoolean();
        IdempotencyKey key = new IdempotencyKey(sent.application(), sent.source(), sent.id());
        First first = remembered.get(key);
        boolean takesId = !isDryRun && !isUnread(code);
        if (first == null) {
            if (told) {
                differs(result, "duplicate, and it is the first");
            }
            if (takesId) {
                remembered.put(key, new First(sent, data));
            }
            return told;
        }
        if (!first.sent.sameContent(sent)) {
            if (!Code.ID_REUSED.name().equals(code) && !isUnread(code)) {
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

    /** Those that were accepted. */
    List<Report> reports() {
        return reports;
    }

    Map<Kind, Long> accepted() {
        return accepted;
    }

    Map<Code, Long> refused() {
        return refused;
    }

    long dry() {
        return dry;
    }

    private void same(Out result, String member, String expected, JsonNode data) {
        if (!Objects.equals(expected, data.path(member).textValue())) {
            differs(result, member + " is " + data.get(member) + ", not " + expected);
        }
    }

    private void differs(Out result, String what) {
        findings.add(Breach.DIFFERING, result + ": " + what);
    }
}
