package dev.lockstep;

import dev.lockstep.command.Decoded;
import dev.lockstep.command.Envelope;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.Code;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.Decision;
import dev.lockstep.domain.Mark;
import dev.lockstep.domain.Release;
import dev.lockstep.listener.DeadLetterReason;
import dev.lockstep.listener.Outcome;
import dev.lockstep.outbox.OutRecord;
import dev.lockstep.outbox.Output;
import dev.lockstep.publish.Cause;
import dev.lockstep.publish.CdEvents;
import dev.lockstep.publish.DeadLetters;
import dev.lockstep.publish.Results;
import dev.lockstep.publish.StatusRecords;
import dev.lockstep.publish.Topics;
import dev.lockstep.store.Judge;
import dev.lockstep.store.Known;
import dev.lockstep.store.State;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** From a record to what it puts out, in the order of the contract's section 4. */
final class Judgement implements Judge<Received> {

    private final String topicId;
    private final Clock clock;
    private final Runnable onPage;
    private final Results results;
    private final CdEvents events;
    private final StatusRecords statuses;
    private final DeadLetters deadLetters;

    /** @param source the {@code ce_source} of everything that goes out */
    Judgement(String topicId, Topics topics, String source, Clock clock) {
        this(topicId, topics, source, clock, () -> {});
    }

    /** @param onPage told whenever {@linkplain #releases some} of many releases are judged */
    Judgement(String topicId, Topics topics, String source, Clock clock, Runnable onPage) {
        this.topicId = topicId;
        this.onPage = onPage;
        this.clock = clock;
        this.results = new Results(topics, source);
        this.events = new CdEvents(topics, source);
        this.statuses = new StatusRecords(topics, source);
        this.deadLetters = new DeadLetters(topics);
    }

    @Override
    public Output judge(Received record, State state) {
        if (record.decoded() instanceof Decoded.Undecodable unreadable) {
            return output(
                    record,
                    Outcome.Kind.DEAD_LETTER,
                    unreadable.kind().name(),
                    deadLetters.deadLetter(record.origin(), unreadable.reason()));
        }
        int home = record.home(state);
        if (home != record.partition()) {
            return output(record, Outcome.Kind.MOVED, null, deadLetters.moved(record.origin(), home));
        }
        if (record.decoded() instanceof Decoded.Refused refused) {
            String problem = Results.problem(refused.code(), refused.detail(), violations(refused));
            OutRecord result = result(record, state, false, revision(refused, state), null, problem);
            return output(record, Outcome.Kind.REJECTED, refused.code().name(), result);
        }
        return judge(record, (Decoded.Valid) record.decoded(), state);
    }

    @Override
    public Output unprocessable(Received record, State state) {
        if (!(record.decoded() instanceof Decoded.Valid valid)
                || record.home(state) != record.partition()
                || state.known(record.key()) != null) {
            return judge(record, state);
        }
        String detail = "The command was refused for what it contains; a copy lies in the dead letters."
                + " Correct its data and send it under a new id.";
        Decision.Rejected refusal = Decision.rejected(Code.UNPROCESSABLE, detail);
        return output(
                record,
                Outcome.Kind.REJECTED,
                refusal.code().name(),
                refuse(record, valid, refusal, state),
                deadLetters.deadLetter(record.origin(), detail));
    }

    @Override
    public Output lastResort(Received record) {
        String reason = "A fault in the worker, which has logged its place; there is no other answer.";
        return new Output(
                record.offset(),
                new Outcome(Outcome.Kind.DEAD_LETTER, null, DeadLetterReason.FAULT.name()),
                List.of(deadLetters.deadLetter(record.origin(), reason)));
    }

    @Override
    public List<OutRecord> releases(Received record, Application application, Mark mark, List<Release> releases) {
        onPage.run();
        Cause cause = cause((Decoded.Valid) record.decoded(), mark.at());
        return statuses.releases(cause, record.partition(), application, releases);
    }

    private Output judge(Received record, Decoded.Valid valid, State state) {
        Known known = state.known(record.key());
        if (known != null) {
            return known.fingerprint().equals(Received.uuid(valid.fingerprint()))
                    ? repeat(record, state, known)
                    : output(record, Outcome.Kind.REJECTED, Code.ID_REUSED.name(), idReused(record, valid, state));
        }
        Command command = valid.command();
        Application application = state.application(command.application());
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Decision decision = application.judge(command, now);
        if (decision instanceof Decision.Rejected refusal) {
            return output(record, Outcome.Kind.REJECTED, refusal.code().name(), refuse(record, valid, refusal, state));
        }
        Decision.Accepted accepted = (Decision.Accepted) decision;
        Changes changes = application.apply(accepted.events(), now);
        state.changed(application, changes);
        remember(record, valid, state, accepted.deployment(), null);
        return output(
                record,
                Outcome.Kind.ACCEPTED,
                null,
                accept(record, valid, state, application, changes, accepted.deployment(), now));
    }

    private Output repeat(Received record, State state, Known known) {
        OutRecord result = result(record, state, true, known.revision(), known.deployment(), known.problem());
        return output(record, Outcome.Kind.DUPLICATE, null, result);
    }

    private static Output output(Received record, Outcome.Kind kind, String code, OutRecord... records) {
        return output(record, kind, code, List.of(records));
    }

    private static Output output(Received record, Outcome.Kind kind, String code, List<OutRecord> records) {
        return new Output(record.offset(), new Outcome(kind, knownType(record.decoded()), code), records);
    }

    private static String knownType(Decoded decoded) {
        boolean isUnknown = decoded instanceof Decoded.Refused refused && refused.code() == Code.UNKNOWN_COMMAND;
        return decoded instanceof Decoded.Request request && !isUnknown
                ? request.envelope().type()
                : null;
    }

    private List<OutRecord> accept(
            Received record,
            Decoded.Valid valid,
            State state,
            Application application,
            Changes changes,
            String deployment,
            Instant now) {
        Cause cause = cause(valid, now);
        int home = record.partition();
        List<OutRecord> records = new ArrayList<>();
        records.add(results.result(
                cause, address(record, application.id(), state), false, application.revision(), deployment, null));
        changes.events().forEach(event -> records.add(events.event(cause, home, application, event)));
        records.addAll(statuses.statuses(cause, home, application, changes));
        return records;
    }

    private OutRecord refuse(Received record, Decoded.Valid valid, Decision.Rejected refusal, State state) {
        String problem = Results.problem(refusal);
        remember(record, valid, state, null, problem);
        return result(record, state, false, revision(valid, state), null, problem);
    }

    private OutRecord idReused(Received record, Decoded.Valid valid, State state) {
        String problem = Results.problem(
                Code.ID_REUSED,
                "This id was used before, by the same source, for a command with other content. Use a new id.",
                List.of());
        return result(record, state, false, revision(valid, state), null, problem);
    }

    private void remember(Received record, Decoded.Valid valid, State state, String deployment, String problem) {
        state.remember(
                record.key(),
                new Known(Received.uuid(valid.fingerprint()), revision(valid, state), deployment, problem));
    }

    private OutRecord result(
            Received record, State state, boolean duplicate, long revision, String deployment, String problem) {
        Decoded.Request request = (Decoded.Request) record.decoded();
        Cause cause = cause(request, clock.instant().truncatedTo(ChronoUnit.MILLIS));
        return results.result(
                cause, address(record, request.application(), state), duplicate, revision, deployment, problem);
    }

    private Results.Address address(Received record, String application, State state) {
        String id = Cause.resultId(
                topicId, record.origin().partition(), record.origin().offset());
        byte[] key = application == null
                ? Results.foreignKey(record.origin().key())
                : application.getBytes(StandardCharsets.UTF_8);
        int partition = application != null
                ? state.home(application)
                : key == null ? state.within(record.partition()) : record.partition();
        return new Results.Address(id, application, key, partition);
    }

    private static long revision(Decoded.Request request, State state) {
        return request.application() == null
                ? 0
                : state.application(request.application()).revision();
    }

    private static List<Results.Violation> violations(Decoded.Refused refused) {
        return refused.violations().stream()
                .map(violation -> new Results.Violation(violation.pointer(), violation.message()))
                .toList();
    }

    private static Cause cause(Decoded.Request request, Instant now) {
        Envelope envelope = request.envelope();
        Command.Common asked =
                request instanceof Decoded.Valid valid ? valid.command().common() : null;
        return Cause.of(
                envelope.id(),
                envelope.source(),
                envelope.type(),
                envelope.correlationId(),
                envelope.traceparent(),
                asked == null ? null : asked.actor(),
                asked == null ? null : asked.reason(),
                now);
    }
}
