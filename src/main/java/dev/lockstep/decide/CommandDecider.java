package dev.lockstep.decide;

import dev.lockstep.batch.BatchState;
import dev.lockstep.batch.Decider;
import dev.lockstep.batch.FirstOutcome;
import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.RecordOutcome;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.decode.Decoded;
import dev.lockstep.decode.envelope.DeadLetterKind;
import dev.lockstep.decode.envelope.Envelope;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.Decision;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.release.Release;
import dev.lockstep.render.Cause;
import dev.lockstep.render.CdEvents;
import dev.lockstep.render.ForwardedRecords;
import dev.lockstep.render.Results;
import dev.lockstep.render.StatusRecords;
import dev.lockstep.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Turns a record into its output, checking in the order of the contract's section 4. */
public final class CommandDecider implements Decider {

    private final String topicId;
    private final Runnable onPage;
    private final Results results;
    private final CdEvents events;
    private final StatusRecords statuses;
    private final ForwardedRecords forwardedRecords;

    /** @param source the {@code ce_source} of everything that is published */
    public CommandDecider(String topicId, Topics topics, String source) {
        this(topicId, topics, source, () -> {});
    }

    /** @param onPage called whenever {@linkplain #renderReleases some} of many releases are rendered */
    public CommandDecider(String topicId, Topics topics, String source, Runnable onPage) {
        this.topicId = topicId;
        this.onPage = onPage;
        this.results = new Results(topics, source);
        this.events = new CdEvents(topics, source);
        this.statuses = new StatusRecords(topics, source);
        this.forwardedRecords = new ForwardedRecords(topics);
    }

    @Override
    public RecordOutput decide(IncomingRecord record, BatchState state) {
        return record.decoded()
                .fold(
                        undecodable -> output(
                                record,
                                RecordOutcome.Kind.DEAD_LETTER,
                                undecodable.kind().name(),
                                forwardedRecords.deadLetter(record.origin(), undecodable.reason())),
                        decodedEvent -> decide(record, decodedEvent, state));
    }

    private RecordOutput decide(IncomingRecord record, Decoded.DecodedEvent decodedEvent, BatchState state) {
        int home = record.home(state);
        if (home != record.partition()) {
            return output(record, RecordOutcome.Kind.MOVED, null, forwardedRecords.moved(record.origin(), home));
        }
        return decodedEvent.fold(
                valid -> decide(record, valid, state),
                rejected -> reject(record, rejected, state),
                timer -> applyTimer(record, timer, state));
    }

    @Override
    public RecordOutput rejectUnprocessable(IncomingRecord record, BatchState state) {
        if (!(record.decoded() instanceof Decoded.ValidCommand valid)
                || valid.rejectionUnlessDuplicate() != null
                || record.home(state) != record.partition()
                || state.firstOutcome(record.idempotencyKey()) != null) {
            return decide(record, state);
        }
        String detail =
                "The command could not be processed; a copy was written to the dead-letter topic. Correct its data and send"
                        + " it with a new id. If the data are correct, tell the operator: the worker may be at fault.";
        Decision.Rejected rejection = Decision.rejected(RejectionCode.UNPROCESSABLE, detail);
        return output(
                record,
                RecordOutcome.Kind.REJECTED,
                rejection.code().name(),
                rejectionResult(record, valid, rejection, state, state.context()),
                forwardedRecords.deadLetter(record.origin(), detail));
    }

    @Override
    public RecordOutput deadLetterOnly(IncomingRecord record) {
        String reason = "An internal error occurred, which the worker has logged. This command has no result.";
        return new RecordOutput(
                record.offset(),
                new RecordOutcome(RecordOutcome.Kind.DEAD_LETTER, null, DeadLetterKind.FAULT.name()),
                List.of(forwardedRecords.deadLetter(record.origin(), reason)));
    }

    @Override
    public List<OutgoingRecord> renderReleases(
            IncomingRecord record, Application application, DecisionContext context, List<Release> releases) {
        onPage.run();
        Cause cause = cause((Decoded.DecodedEvent) record.decoded(), context);
        return statuses.releases(cause, record.partition(), application, releases);
    }

    private RecordOutput decide(IncomingRecord record, Decoded.ValidCommand valid, BatchState state) {
        FirstOutcome firstOutcome = state.firstOutcome(record.idempotencyKey());
        if (firstOutcome != null
                && firstOutcome.fingerprint().equals(IncomingRecord.uuidOfFirst16Bytes(valid.fingerprint()))) {
            return repeatFirstOutcome(record, state, firstOutcome);
        }
        if (valid.rejectionUnlessDuplicate() != null) {
            return reject(record, valid.rejectionUnlessDuplicate(), state);
        }
        if (firstOutcome != null) {
            return output(
                    record,
                    RecordOutcome.Kind.REJECTED,
                    RejectionCode.ID_REUSED.name(),
                    idReusedResult(record, valid, state));
        }
        Command command = valid.command();
        Application stored = state.application(command.application());
        Application application = command.common().isDryRun() ? stored.copy() : stored;
        DecisionContext context = application.contextForNextDecision(state.context());
        return application
                .decide(command, context)
                .fold(
                        accepted -> accept(record, valid, state, application, accepted, context),
                        rejection -> output(
                                record,
                                RecordOutcome.Kind.REJECTED,
                                rejection.code().name(),
                                rejectionResult(record, valid, rejection, state, context)));
    }

    /** A timer is not a command: it gets no result, and its outcome is not remembered. */
    private RecordOutput applyTimer(IncomingRecord record, Decoded.Timer timer, BatchState state) {
        Application application = state.application(timer.application());
        DecisionContext context = application.contextForNextDecision(state.context());
        Changes changes = application.applyDue(context, () -> state.takeNewestReleases(application));
        state.recordChanges(application, changes);
        return output(
                record,
                RecordOutcome.Kind.ACCEPTED,
                null,
                renderChanges(cause(timer, context), record.partition(), application, changes));
    }

    private RecordOutput reject(IncomingRecord record, Decoded.RejectedCommand rejected, BatchState state) {
        String problem = Results.problem(rejected.code(), rejected.detail(), rejected.violations());
        OutgoingRecord result = result(
                record, state, state.context(), Results.ResultBody.rejected(false, revision(rejected, state), problem));
        return output(record, RecordOutcome.Kind.REJECTED, rejected.code().name(), result);
    }

    private RecordOutput repeatFirstOutcome(IncomingRecord record, BatchState state, FirstOutcome firstOutcome) {
        OutgoingRecord result = result(
                record,
                state,
                state.context(),
                new Results.ResultBody(
                        true,
                        false,
                        firstOutcome.revision(),
                        firstOutcome.deployment(),
                        firstOutcome.deploymentStatusJson(),
                        firstOutcome.problemJson()));
        return output(record, RecordOutcome.Kind.DUPLICATE, null, result);
    }

    private static RecordOutput output(
            IncomingRecord record, RecordOutcome.Kind kind, String code, OutgoingRecord... records) {
        return output(record, kind, code, List.of(records));
    }

    private static RecordOutput output(
            IncomingRecord record, RecordOutcome.Kind kind, String code, List<OutgoingRecord> records) {
        return new RecordOutput(
                record.offset(), new RecordOutcome(kind, recognisedType(record.decoded()), code), records);
    }

    private static String recognisedType(Decoded decoded) {
        boolean isUnknown =
                decoded instanceof Decoded.RejectedCommand rejected && rejected.code() == RejectionCode.UNKNOWN_COMMAND;
        return decoded instanceof Decoded.DecodedEvent decodedEvent && !isUnknown
                ? decodedEvent.envelope().type()
                : null;
    }

    private RecordOutput accept(
            IncomingRecord record,
            Decoded.ValidCommand valid,
            BatchState state,
            Application application,
            Decision.Accepted accepted,
            DecisionContext context) {
        Changes changes = application.apply(accepted, context);
        boolean isDryRun = valid.command().common().isDryRun();
        Results.ResultBody body = new Results.ResultBody(
                false,
                isDryRun,
                application.revision(),
                accepted.deployment(),
                accepted.deployment() == null
                        ? null
                        : Results.deploymentStatusJson(application, accepted.deployment(), context),
                null);
        Cause cause = cause(valid, context);
        List<OutgoingRecord> records = new ArrayList<>();
        records.add(results.result(cause, target(record, application.id(), state), body));
        if (!isDryRun) {
            state.recordChanges(application, changes);
            remember(record, valid, state, body);
            records.addAll(renderChanges(cause, record.partition(), application, changes));
        }
        return output(record, RecordOutcome.Kind.ACCEPTED, null, records);
    }

    /** @param home the application's partition */
    private List<OutgoingRecord> renderChanges(Cause cause, int home, Application application, Changes changes) {
        List<OutgoingRecord> records = new ArrayList<>();
        changes.events().forEach(event -> records.add(events.event(cause, home, application, event)));
        records.addAll(statuses.statuses(cause, home, application, changes));
        return records;
    }

    private OutgoingRecord rejectionResult(
            IncomingRecord record,
            Decoded.ValidCommand valid,
            Decision.Rejected rejection,
            BatchState state,
            DecisionContext context) {
        boolean isDryRun = valid.command().common().isDryRun();
        Results.ResultBody body =
                Results.ResultBody.rejected(isDryRun, revision(valid, state), Results.problem(rejection));
        if (rejection.code().usesUpId() && !isDryRun) {
            remember(record, valid, state, body);
        }
        return result(record, state, context, body);
    }

    private OutgoingRecord idReusedResult(IncomingRecord record, Decoded.ValidCommand valid, BatchState state) {
        String problem = Results.problem(
                RejectionCode.ID_REUSED,
                "The same source has already used this id for a command with other content. Use a new id.",
                List.of());
        boolean isDryRun = valid.command().common().isDryRun();
        return result(
                record, state, state.context(), Results.ResultBody.rejected(isDryRun, revision(valid, state), problem));
    }

    private void remember(
            IncomingRecord record, Decoded.ValidCommand valid, BatchState state, Results.ResultBody body) {
        state.remember(
                record.idempotencyKey(),
                new FirstOutcome(
                        IncomingRecord.uuidOfFirst16Bytes(valid.fingerprint()),
                        body.revision(),
                        body.deployment(),
                        body.deploymentStatusJson(),
                        body.problem()));
    }

    private OutgoingRecord result(
            IncomingRecord record, BatchState state, DecisionContext context, Results.ResultBody body) {
        Decoded.DecodedEvent decodedEvent = (Decoded.DecodedEvent) record.decoded();
        return results.result(cause(decodedEvent, context), target(record, decodedEvent.application(), state), body);
    }

    private Results.ResultTarget target(IncomingRecord record, String application, BatchState state) {
        String id = Cause.resultId(
                topicId, record.origin().partition(), record.origin().offset());
        byte[] key = application == null
                ? Results.truncatedKey(record.origin().key())
                : application.getBytes(StandardCharsets.UTF_8);
        int partition = application != null
                ? state.homePartitionOf(application)
                : key == null ? state.existingPartition(record.partition()) : record.partition();
        return new Results.ResultTarget(id, application, key, partition);
    }

    private static long revision(Decoded.DecodedEvent decodedEvent, BatchState state) {
        return decodedEvent.application() == null
                ? 0
                : state.application(decodedEvent.application()).revision();
    }

    private static Cause cause(Decoded.DecodedEvent decodedEvent, DecisionContext context) {
        Envelope envelope = decodedEvent.envelope();
        Decoded.EchoedFields echoedFields = decodedEvent.echoedFields();
        return Cause.builder(context)
                .id(envelope.id())
                .source(envelope.source())
                .type(envelope.type())
                .attribution(echoedFields.attribution())
                .release(echoedFields.release())
                .environment(echoedFields.environment())
                .build();
    }
}
