package dev.lockstep.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.common.Attribution;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.FieldChange;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.gate.Gates;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.pipeline.PolicyChange;
import dev.lockstep.domain.pipeline.PolicyChangeBuilder;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.pipeline.StageDefinition;
import dev.lockstep.domain.release.Placement;
import dev.lockstep.domain.release.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** One application and its commands, in domain terms. Given and when: call commands; then: inspect it. */
final class Scenario {

    static final String DEV = "development";
    static final String STAGING = "staging";
    static final String PRODUCTION = "production";

    final Application application;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Decision last;
    private Command.StartOptions startOptions = Command.StartOptions.DEFAULT;
    private List<Changes.NumberedEvent> events = List.of();
    private Changes changes;

    private Scenario(Application application) {
        this.application = application;
    }

    static Scenario unknownApplication() {
        return new Scenario(new Application("shop"));
    }

    static Scenario withReleases(String... releases) {
        Scenario scenario = new Scenario(new Application("shop"));
        Arrays.stream(releases).forEach(scenario::create);
        return scenario;
    }

    /** An unknown application whose deployments are subject to these gates in addition to their turn. */
    static Scenario with(Gates gates) {
        return new Scenario(new Application("shop", gates));
    }

    /** Deploys the release to the given environments, one after the other. */
    Scenario deployed(String release, String... environments) {
        for (String environment : environments) {
            deploy(release, environment).accepted();
        }
        return this;
    }

    Scenario create(String release) {
        return send(
                new Command.CreateRelease(asked(null), release, "Title " + release, null, null, null, null, Map.of()));
    }

    Scenario create(String release, long expectedRevision) {
        return send(
                new Command.CreateRelease(asked(expectedRevision), release, "Title", null, null, null, null, Map.of()));
    }

    Scenario retitle(String release, String title) {
        return send(new Command.UpdateRelease(
                asked(null), release, title, FieldChange.keep(), FieldChange.keep(), FieldChange.keep()));
    }

    Scenario describe(String release, FieldChange<String> description) {
        return send(new Command.UpdateRelease(
                asked(null), release, null, description, FieldChange.keep(), FieldChange.keep()));
    }

    Scenario delete(String release) {
        return send(new Command.DeleteRelease(asked(null), release));
    }

    Scenario deploy(String release) {
        return deploy(release, null);
    }

    Scenario deploy(String release, String environment) {
        return send(new Command.DeployRelease(asked(null), release, environment, null, startOptions));
    }

    Scenario deployAt(long expectedRevision, String release) {
        return send(new Command.DeployRelease(asked(expectedRevision), release, null, null, startOptions));
    }

    Scenario undeploy(String environment) {
        return send(new Command.UndeployRelease(asked(null), environment, startOptions));
    }

    Scenario rollback(String environment) {
        return rollback(environment, null);
    }

    Scenario rollback(String environment, String release) {
        return send(new Command.RollBackEnvironment(asked(null), environment, release, startOptions));
    }

    Scenario pipeline(String... environments) {
        return define(Arrays.stream(environments).map(Scenario::stage).toList());
    }

    Scenario define(List<StageDefinition> stages) {
        return send(new Command.DefinePipeline(asked(null), stages, FieldChange.keep()));
    }

    /** Leaves the pipeline as it is. */
    Scenario keep(FieldChange<KeepPolicy> keep) {
        return send(new Command.DefinePipeline(
                asked(null), order().stream().map(Scenario::stage).toList(), keep));
    }

    /** A stage with nothing but its id. */
    static StageDefinition stage(String id) {
        return new StageDefinition(id, FieldChange.keep(), FieldChange.keep(), FieldChange.keep(), FieldChange.keep());
    }

    static StageDefinition after(String id, String... after) {
        return new StageDefinition(
                id, FieldChange.keep(), FieldChange.keep(), FieldChange.to(List.of(after)), FieldChange.keep());
    }

    static StageDefinition tier(String id, String tier) {
        return new StageDefinition(
                id, FieldChange.keep(), FieldChange.to(tier), FieldChange.keep(), FieldChange.keep());
    }

    static StageDefinition onlyNewer(String id) {
        return policy(id, new PolicyChangeBuilder().onlyNewer(true).change());
    }

    static StageDefinition policy(String id, PolicyChange policy) {
        return new StageDefinition(
                id, FieldChange.keep(), FieldChange.keep(), FieldChange.keep(), FieldChange.to(policy));
    }

    /** From now on that environment's deployments are reported, and its policy is exactly this. */
    Scenario reported(String environment, Policy.WhenBusy whenBusy) {
        return reported(environment, whenBusy, null, null, Policy.OnFailure.NONE);
    }

    Scenario reported(
            String environment,
            Policy.WhenBusy whenBusy,
            String timeout,
            String reportEvery,
            Policy.OnFailure onFailure) {
        return configure(
                environment,
                new PolicyChangeBuilder()
                        .completion(Policy.Completion.REPORTED)
                        .timeout(timeout)
                        .reportEvery(reportEvery)
                        .whenBusy(whenBusy)
                        .maxQueued(null)
                        .onFailure(onFailure)
                        .change());
    }

    Scenario queueOf(String environment, int maxQueued) {
        return configure(
                environment,
                new PolicyChangeBuilder()
                        .completion(Policy.Completion.REPORTED)
                        .whenBusy(Policy.WhenBusy.QUEUE)
                        .maxQueued(maxQueued)
                        .change());
    }

    Scenario immediate(String environment) {
        return configure(environment, new PolicyChangeBuilder().completion(null).change());
    }

    /** @param soakTime null for none */
    Scenario soak(String environment, String soakTime) {
        return configure(
                environment, new PolicyChangeBuilder().soakTime(soakTime).change());
    }

    Scenario configure(String environment, PolicyChange policy) {
        return send(new Command.ConfigureEnvironment(asked(null), policy(environment, policy)));
    }

    /** Reports on the deployment in progress there. */
    Scenario report(String environment, Command.ReportedStatus status) {
        return reportOf(
                application.environment(environment).inProgress().request().id(), status, Deployment.Report.NONE);
    }

    Scenario reportOf(String deployment, Command.ReportedStatus status, Deployment.Report told) {
        return send(new Command.ReportDeployment(asked(null), deployment, status, told));
    }

    Scenario cancel(String deployment) {
        return send(new Command.CancelDeployment(asked(null), deployment));
    }

    /** From here on, deployments are requested on these terms. */
    Scenario on(Command.StartOptions startOptions) {
        this.startOptions = startOptions;
        return this;
    }

    Instant in(int seconds) {
        return now.plusSeconds(seconds);
    }

    /** Sets the time to a second before the next command's. */
    Scenario at(Instant time) {
        now = time.minusSeconds(1);
        return this;
    }

    /** Lets that much time pass, and makes what is due happen. */
    Scenario later(int seconds) {
        now = now.plusSeconds(seconds);
        changes = application.applyDue(context(), () -> NewestReleases.of(application));
        events = changes.events();
        return this;
    }

    /** The id of the deployment that the last command created or concerned. */
    String deployment() {
        return ((Decision.Accepted) last).deployment();
    }

    /** What is in progress there, null for nothing. */
    String active(String environment) {
        Deployment.InProgress inProgress = application.environment(environment).inProgress();
        return inProgress == null ? null : inProgress.request().release();
    }

    List<String> waiting(String environment) {
        return application.environment(environment).waiting().stream()
                .map(candidate -> candidate.request().release())
                .toList();
    }

    List<Blocker.Code> blockers(String environment, String release) {
        Environment where = application.environment(environment);
        return where.waiting().stream()
                .filter(candidate -> candidate.request().release().equals(release))
                .map(candidate -> codes(application.blockedBy(where, candidate, context())))
                .findFirst()
                .orElseThrow();
    }

    static List<Blocker.Code> codes(List<Blocker> blockers) {
        return blockers.stream().map(Blocker::code).toList();
    }

    Deployment.StatusDetail outcome(String environment) {
        return application.environment(environment).lastDeployment().outcome();
    }

    /** The outcomes of the deployments that the last command, or the passing of time, ended. */
    List<Deployment.StatusDetail> ended() {
        return changes.ended().stream().map(Deployment.Ended::outcome).toList();
    }

    Scenario deployFrom(String from, String release, String environment) {
        return send(new Command.DeployRelease(asked(null), release, environment, from, startOptions));
    }

    Scenario redeploy(String environment, String release) {
        return send(new Command.RedeployEnvironment(asked(null), environment, release, startOptions));
    }

    Scenario annotate(String release, FieldChange<String> notes, Map<String, String> labels) {
        return send(new Command.AnnotateRelease(asked(null), release, notes, labels));
    }

    Scenario archive(String release) {
        return send(new Command.SetReleaseArchived(asked(null), release, true));
    }

    Scenario unarchive(String release) {
        return send(new Command.SetReleaseArchived(asked(null), release, false));
    }

    Scenario archiveApplication() {
        return send(new Command.ArchiveApplication(asked(null)));
    }

    Scenario unarchiveApplication() {
        return send(new Command.UnarchiveApplication(asked(null)));
    }

    Scenario titleApplication(FieldChange<String> title) {
        return send(new Command.UpdateApplication(
                asked(null), title, FieldChange.keep(), FieldChange.keep(), FieldChange.keep()));
    }

    DecisionContext context() {
        return new DecisionContext(now);
    }

    /** When the passing of time will next change something, or null for never. */
    Instant nextDue() {
        return application.nextDueTime(context());
    }

    private Command.CommonFields asked(Long expectedRevision) {
        return new Command.CommonFields(
                "shop",
                new Attribution(new Actor("ann"), "because", "correlation", null),
                new Command.ExpectedRevisions(expectedRevision, null, null),
                false);
    }

    Scenario send(Command command) {
        now = now.plusSeconds(1);
        last = application.decide(command, context());
        events = List.of();
        changes = null;
        if (last instanceof Decision.Accepted accepted) {
            changes = application.apply(accepted, context());
            events = changes.events();
        }
        return this;
    }

    Scenario accepted() {
        assertThat(last).isInstanceOf(Decision.Accepted.class);
        return this;
    }

    Decision.Rejected refused(RejectionCode code) {
        assertThat(last).isInstanceOf(Decision.Rejected.class);
        Decision.Rejected rejection = (Decision.Rejected) last;
        assertThat(rejection.code()).isEqualTo(code);
        return rejection;
    }

    Decision last() {
        return last;
    }

    /** The details of the last rejection, apart from its text. */
    <T extends ProblemExtension> T remedy(RejectionCode code, Class<T> kind) {
        ProblemExtension problemExtension = refused(code).extension();
        assertThat(problemExtension).isInstanceOf(kind);
        return kind.cast(problemExtension);
    }

    /** The kinds of the last command's events, in order. */
    List<String> eventKinds() {
        List<String> kinds = new ArrayList<>();
        events.forEach(event -> kinds.add(event.event().getClass().getSimpleName()));
        return kinds;
    }

    Changes changes() {
        return changes;
    }

    long revision() {
        return application.revision();
    }

    Release release(String id) {
        return application.releaseIfExists(id);
    }

    boolean locked(String release) {
        return release(release).isLocked();
    }

    String current(String environment) {
        Environment.DeployedRelease current =
                application.environment(environment).current();
        return current == null ? null : current.release();
    }

    String previous(String environment) {
        Environment.DeployedRelease previous =
                application.environment(environment).previous();
        return previous == null ? null : previous.release();
    }

    String rollbackTo(String environment) {
        return application.environment(environment).rollbackTarget();
    }

    Deployment.Action lastAction(String environment) {
        return application.environment(environment).lastDeployment().start().action();
    }

    String next(String release) {
        List<String> ways = PromotionRules.nextEnvironments(application, release(release));
        return ways.size() == 1 ? ways.get(0) : null;
    }

    List<String> ways(String release) {
        return PromotionRules.nextEnvironments(application, release(release));
    }

    Placement placement(String release, String environment) {
        return release(release).placements().get(environment);
    }

    List<String> order() {
        return application.pipeline().stages().stream().map(Stage::id).toList();
    }
}
