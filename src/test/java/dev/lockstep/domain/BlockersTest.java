package dev.lockstep.domain;

import static dev.lockstep.domain.Scenario.STAGING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.domain.Command.ReportedStatus;
import dev.lockstep.domain.Command.StartOptions;
import dev.lockstep.domain.common.Attribution;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.pipeline.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rule 27, in random states: what a deployment says it waits for is exactly what it waits for. */
class BlockersTest {

    private static final int STATES = 400;
    private static final Command.CommonFields ASKED = new Command.CommonFields(
            "shop", new Attribution(null, null, "correlation", null), Command.ExpectedRevisions.ANY, false);

    private int looked;
    private final Set<Blocker.Code> met = EnumSet.noneOf(Blocker.Code.class);

    @Test
    void openingAllReasonsStartsItAndOpeningFewerDoesNot() {
        for (int seed = 0; seed < STATES; seed++) {
            Random random = new Random(seed);
            Scenario shop = randomState(random);
            Environment staging = shop.application.environment(STAGING);
            for (Deployment.Waiting waiting : staging.waiting()) {
                if (isAlone(shop, staging, waiting)) {
                    check(shop, waiting, "seed " + seed);
                }
            }
        }
        assertThat(looked).isGreaterThan(STATES / 2);
        assertThat(met).containsExactlyInAnyOrder(Blocker.Code.values());
    }

    private static Scenario randomState(Random random) {
        String[] releases = new String[8];
        for (int i = 0; i < releases.length; i++) {
            releases[i] = "r" + i;
        }
        Scenario shop = Scenario.withReleases(releases)
                .reported(STAGING, random.nextInt(4) == 0 ? Policy.WhenBusy.SUPERSEDE : Policy.WhenBusy.QUEUE);
        if (random.nextInt(3) == 0) {
            shop.soak(STAGING, "PT" + (20 + random.nextInt(200)) + "S");
        }
        for (int step = 0; step < 4 + random.nextInt(20); step++) {
            Instant notBefore = random.nextInt(3) == 0 ? shop.in(1 + random.nextInt(200)) : null;
            shop.on(new StartOptions(notBefore, null, true));
            switch (random.nextInt(8)) {
                case 0 -> shop.later(random.nextInt(60));
                case 1 -> shop.rollback(STAGING);
                case 2 -> {
                    if (shop.active(STAGING) != null) {
                        shop.report(STAGING, random.nextBoolean() ? ReportedStatus.SUCCEEDED : ReportedStatus.FAILED);
                    }
                }
                default -> shop.deploy(releases[random.nextInt(releases.length)], STAGING);
            }
        }
        return shop;
    }

    /**
     * Whether no other deployment gets in its way later: one whose time comes before, or one that it supersedes or
     * that supersedes it.
     */
    private static boolean isAlone(Scenario shop, Environment environment, Deployment.Waiting waiting) {
        Policy policy = shop.application.pipeline().stageOf(STAGING).policy();
        boolean supersedesNone = policy.whenBusy() == Policy.WhenBusy.QUEUE
                && waiting.request().requestedAction() != Deployment.Action.ROLLBACK;
        return waiting.isInQueue()
                || environment.waiting().stream()
                        .filter(other -> other != waiting)
                        .allMatch(other -> other.isInQueue()
                                ? supersedesNone
                                        && environment.waiting().indexOf(other)
                                                < environment.waiting().indexOf(waiting)
                                : lastOpening(blockers(shop, other)).isAfter(lastOpening(blockers(shop, waiting))));
    }

    private static List<Blocker> blockers(Scenario shop, Deployment.Waiting waiting) {
        return shop.application.blockedBy(shop.application.environment(STAGING), waiting, shop.context());
    }

    private static Instant lastOpening(List<Blocker> blockers) {
        return blockers.stream()
                .map(Blocker::until)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
    }

    private void check(Scenario shop, Deployment.Waiting waiting, String state) {
        List<Blocker> blockers = blockers(shop, waiting);
        looked++;
        met.addAll(Scenario.codes(blockers));
        assertThat(blockers).isNotEmpty();
        for (int subset = 0; subset < 1 << blockers.size(); subset++) {
            Application application = shop.application.copy();
            List<Blocker> opened = new ArrayList<>();
            for (int i = 0; i < blockers.size(); i++) {
                if ((subset >> i & 1) != 0) {
                    opened.add(blockers.get(i));
                }
            }
            Instant time = lastOpening(opened);
            boolean isAll = blockers.stream()
                    .allMatch(blocker -> opened.contains(blocker)
                            || blocker.until() != null && !blocker.until().isAfter(time));
            opened.stream()
                    .sorted(Comparator.comparing(blocker -> ORDER.indexOf(blocker.code())))
                    .forEach(blocker -> open(application, waiting, blocker, shop.in(0)));
            assertThat(hasStarted(application, waiting))
                    .as("%s: %s of %s", state, Scenario.codes(opened), Scenario.codes(blockers))
                    .isEqualTo(isAll && !isRefused(application, waiting));
        }
    }

    /** Time first: the others may open at any time from then on. */
    private static final List<Blocker.Code> ORDER = List.of(
            Blocker.Code.NOT_BEFORE,
            Blocker.Code.NOT_SOAKED,
            Blocker.Code.QUEUED_BEHIND,
            Blocker.Code.ENVIRONMENT_BUSY);

    private static void open(Application application, Deployment.Waiting waiting, Blocker blocker, Instant now) {
        Environment environment = application.environment(STAGING);
        switch (blocker.code()) {
            case NOT_BEFORE, NOT_SOAKED ->
                application.applyDue(new DecisionContext(blocker.until()), () -> NewestReleases.of(application));
            case ENVIRONMENT_BUSY ->
                send(
                        application,
                        new Command.ReportDeployment(
                                ASKED, blocker.blockingDeployment(), ReportedStatus.FAILED, Deployment.Report.NONE),
                        now);
            case QUEUED_BEHIND ->
                List.copyOf(environment.waiting()).stream()
                        .takeWhile(candidate -> !isSame(candidate, waiting))
                        .filter(Deployment.Waiting::isInQueue)
                        .forEach(candidate -> send(
                                application,
                                new Command.CancelDeployment(
                                        ASKED, candidate.request().id()),
                                now));
        }
    }

    private static void send(Application application, Command command, Instant clock) {
        DecisionContext context = application.contextForNextDecision(new DecisionContext(clock));
        Decision decision = application.decide(command, context);
        application.apply((Decision.Accepted) decision, context);
    }

    private static boolean isSame(Deployment one, Deployment other) {
        return one.request().id().equals(other.request().id());
    }

    private static boolean hasStarted(Application application, Deployment.Waiting waiting) {
        Deployment.InProgress inProgress = application.environment(STAGING).inProgress();
        return inProgress != null && isSame(inProgress, waiting);
    }

    /** It came to its start, but what it requests is no longer allowed. */
    private static boolean isRefused(Application application, Deployment.Waiting waiting) {
        Deployment.EndedSummary endedSummary =
                application.endedDeployment(waiting.request().id());
        return endedSummary != null && endedSummary.status() == Deployment.Status.CANCELLED;
    }
}
