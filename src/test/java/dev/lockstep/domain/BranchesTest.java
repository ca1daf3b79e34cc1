package dev.lockstep.domain;

import static dev.lockstep.domain.Scenario.DEV;
import static dev.lockstep.domain.Scenario.PRODUCTION;
import static dev.lockstep.domain.Scenario.STAGING;
import static dev.lockstep.domain.Scenario.after;
import static dev.lockstep.domain.Scenario.stage;
import static dev.lockstep.domain.Scenario.withReleases;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.domain.common.FieldChange;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.pipeline.Stage;
import dev.lockstep.domain.pipeline.StageDefinition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Parallel environments: rules 2, 3 and 8. */
class BranchesTest {

    private static final List<StageDefinition> WORLD = List.of(
            stage(DEV), stage(STAGING), after("eu", STAGING), after("us", STAGING), after("global", "eu", "us"));

    private static Scenario world(String... releases) {
        return withReleases(releases).define(WORLD).accepted();
    }

    @Nested
    class Ways {

        @Test
        void whereSeveralAreOpenTheCallerNamesOne() {
            var shop = world("1").deploy("1").accepted();
            assertThat(shop.ways("1")).containsExactly("eu", "us");
            assertThat(shop.deploy("1")
                            .remedy(RejectionCode.ENVIRONMENT_REQUIRED, ProblemExtension.Environments.class)
                            .ids())
                    .containsExactly("eu", "us");
            shop.deploy("1", "us").accepted();
            assertThat(shop.ways("1")).containsExactly("eu");
            shop.deploy("1").accepted();
            assertThat(shop.current("eu")).isEqualTo("1");
            shop.deploy("1").accepted();
            assertThat(shop.current("global")).isEqualTo("1");
            shop.deploy("1").refused(RejectionCode.NOTHING_LEFT);
        }

        @Test
        void promotionNeedsSuccessInAllThatTheTargetComesAfter() {
            var shop = world("1").deployed("1", STAGING, "eu");
            assertThat(shop.deploy("1", "global")
                            .refused(RejectionCode.PROMOTION_ORDER)
                            .extension())
                    .isEqualTo(new ProblemExtension.RequiredEnvironments("us", List.of("us")));
            assertThat(world("1")
                            .deploy("1", "global")
                            .refused(RejectionCode.PROMOTION_ORDER)
                            .extension())
                    .isEqualTo(new ProblemExtension.RequiredEnvironments(STAGING, List.of("eu", "us")));
        }

        /** It passed the environment that was added later, so only the one directly before the target is missing. */
        @Test
        void whatIsRequiredIsWhatStandsInTheWay() {
            var shop = withReleases("1")
                    .pipeline("dev", "test", STAGING, PRODUCTION)
                    .deployed("1", "test", STAGING)
                    .pipeline("dev", "test", "perf", STAGING, "uat", PRODUCTION);
            assertThat(shop.deploy("1", PRODUCTION)
                            .remedy(RejectionCode.PROMOTION_ORDER, ProblemExtension.RequiredEnvironments.class)
                            .environment())
                    .isEqualTo("uat");
            shop.deployed("1", "uat", PRODUCTION);
        }

        @Test
        void withNoneOpenItHasArrivedOnlyWhereItIsCurrentAtEveryEnd() {
            var shop = withReleases("1", "2")
                    .define(List.of(stage(DEV), after("eu", DEV), after("us", DEV)))
                    .deployed("1", "eu", "us");
            shop.deploy("1").refused(RejectionCode.NOTHING_LEFT);
            assertThat(shop.deployed("2", "us")
                            .deploy("1")
                            .refused(RejectionCode.ENVIRONMENT_REQUIRED)
                            .extension())
                    .isEqualTo(ProblemExtension.NONE);
        }

        /** Doing exactly what each answer says leads to the target, whatever happened before. */
        @Test
        void everyAnswerIsTrue() {
            Random random = new Random(17);
            for (int round = 0; round < 300; round++) {
                var shop = withReleases("1", "2").define(random(random));
                for (int step = 0; step < random.nextInt(12); step++) {
                    List<String> ids = shop.order();
                    shop.deploy(random.nextBoolean() ? "1" : "2", ids.get(random.nextInt(ids.size())));
                    if (random.nextInt(6) == 0) {
                        shop.define(random(random));
                    }
                }
                List<String> ids = shop.order();
                String target = ids.get(random.nextInt(ids.size()));
                int left = ids.size();
                for (String next; (next = required(shop.deploy("1", target))) != null; left--) {
                    assertThat(left).isPositive();
                    assertThat(inTheWay(shop, target)).contains(next);
                    assertThat(required(shop.deploy("1", next))).isNull();
                }
            }
        }

        private static Set<String> inTheWay(Scenario shop, String target) {
            Set<String> all = new HashSet<>();
            Pipeline pipeline = shop.application.pipeline();
            for (String before : pipeline.upstreamOf(pipeline.positionOf(target))) {
                if (pipeline.positionOf(before) > 0 && !shop.release("1").hasSucceededIn(before)) {
                    all.add(before);
                    all.addAll(inTheWay(shop, before));
                }
            }
            return all;
        }

        private static String required(Scenario shop) {
            return shop.last() instanceof Decision.Rejected rejection
                            && rejection.extension() instanceof ProblemExtension.RequiredEnvironments required
                    ? required.environment()
                    : null;
        }

        private static List<StageDefinition> random(Random random) {
            List<StageDefinition> stages = new ArrayList<>();
            int size = 1 + random.nextInt(7);
            for (int i = 0; i < size; i++) {
                String id = "e" + (i == 0 ? 0 : 1 + (i + random.nextInt(2) * 7));
                List<String> before = stages.stream()
                        .map(StageDefinition::id)
                        .filter(one -> random.nextInt(3) == 0)
                        .toList();
                FieldChange<List<String>> after =
                        before.isEmpty() ? (i == 0 ? FieldChange.keep() : FieldChange.clear()) : FieldChange.to(before);
                stages.add(new StageDefinition(
                        id,
                        FieldChange.keep(),
                        FieldChange.keep(),
                        i == 0 ? FieldChange.keep() : after,
                        FieldChange.keep()));
            }
            return stages;
        }
    }

    @Nested
    class Links {

        @Test
        void leadToWhereItLastSucceeded() {
            var shop = world("1").deployed("1", STAGING, "us", "eu", "global");
            assertThat(shop.placement("1", "global").linkedFrom()).isEqualTo("eu");
            shop = world("1").deployed("1", STAGING, "eu", "us", "global");
            assertThat(shop.placement("1", "global").linkedFrom()).isEqualTo("us");
            assertThat(shop.placement("1", "eu").linkedFrom()).isEqualTo(STAGING);
        }

        /** Commands of one transaction have one time. */
        @Test
        void leadToTheLastInThePipelineOfThoseAtTheSameMoment() {
            Instant moment = Instant.parse("2026-02-01T00:00:00Z");
            var shop = world("1").deployed("1", STAGING);
            shop.at(moment).deployed("1", "us").at(moment).deployed("1", "eu").deployed("1", "global");
            assertThat(shop.placement("1", "global").linkedFrom()).isEqualTo("us");
        }

        @Test
        void aRedeployIsASuccessAndAPlacementKeepsItsFirst() {
            var shop = world("1").deployed("1", STAGING, "eu", "us");
            shop.redeploy("eu", null).accepted();
            shop.deployed("1", "global");
            assertThat(shop.placement("1", "global").linkedFrom()).isEqualTo("eu");
            shop.redeploy("us", null).accepted();
            shop.redeploy("global", null).accepted();
            assertThat(shop.placement("1", "global").linkedFrom()).isEqualTo("eu");
            assertThat(shop.application
                            .environment("global")
                            .lastDeployment()
                            .start()
                            .linkedFrom())
                    .isEqualTo("us");
        }
    }

    @Nested
    class From {

        @Test
        void aRetryGoesNoFurtherThanWhatWasMeant() {
            var shop = withReleases("1").deployFrom(DEV, "1", null).accepted();
            assertThat(shop.deployFrom(DEV, "1", null)
                            .remedy(RejectionCode.NOT_THERE, ProblemExtension.CurrentEnvironments.class)
                            .ids())
                    .containsExactly(DEV, STAGING);
            shop.deployFrom(STAGING, "1", PRODUCTION).accepted();
            shop.deployFrom(STAGING, "1", PRODUCTION).refused(RejectionCode.ALREADY_CURRENT);
        }

        @Test
        void itMustComeDirectlyBeforeTheTarget() {
            withReleases("1")
                    .deployed("1", STAGING)
                    .deployFrom(DEV, "1", PRODUCTION)
                    .refused(RejectionCode.NOT_THERE);
        }

        @Test
        void theReleaseMustBeCurrentThere() {
            withReleases("1", "2")
                    .deployed("1", STAGING)
                    .deployed("2", STAGING)
                    .deployFrom(STAGING, "1", PRODUCTION)
                    .refused(RejectionCode.NOT_THERE);
        }

        @Test
        void onlyWaysThatLeadOnFromThereCount() {
            var shop = withReleases("1")
                    .define(List.of(stage(DEV), after("a", DEV), after("b", DEV), after("c", "a")))
                    .deployed("1", "a");
            shop.deploy("1").refused(RejectionCode.ENVIRONMENT_REQUIRED);
            shop.deployFrom("a", "1", null).accepted();
            assertThat(shop.current("c")).isEqualTo("1");
        }

        @Test
        void itMustBeInThePipeline() {
            withReleases("1").deployFrom("nowhere", "1", null).refused(RejectionCode.ENVIRONMENT_NOT_FOUND);
        }
    }

    @Nested
    class Definitions {

        @Test
        void whatIsLeftOutStays() {
            var shop = world("1").pipeline(DEV, STAGING, "eu", "us", "global").accepted();
            assertThat(shop.eventKinds()).isEmpty();
            assertThat(shop.application.pipeline().upstreamOf(4)).containsExactly("eu", "us");
        }

        @Test
        void anEnvironmentThatNamedNoneComesAfterTheOneBeforeIt() {
            var shop = withReleases("1").pipeline(DEV, "uat", STAGING, PRODUCTION);
            assertThat(shop.application.pipeline().upstreamOf(2)).containsExactly("uat");
        }

        @Test
        void nullResetsWhatWasNamed() {
            var shop = world("1")
                    .define(List.of(
                            stage(DEV),
                            stage(STAGING),
                            stage("eu"),
                            new StageDefinition(
                                    "us",
                                    FieldChange.keep(),
                                    FieldChange.keep(),
                                    FieldChange.clear(),
                                    FieldChange.keep()),
                            stage("global")))
                    .accepted();
            assertThat(shop.application.pipeline().upstreamOf(3)).containsExactly("eu");
            assertThat(shop.eventKinds()).containsExactly("EnvironmentModified");
        }

        @Test
        void whatWouldComeAfterSomethingThatIsNotBeforeItIsRefused() {
            var shop = world("1");
            assertThat(shop.pipeline(DEV, STAGING, "us", "global", "eu")
                            .refused(RejectionCode.PIPELINE_INVALID)
                            .detail())
                    .contains("'global'")
                    .contains("'eu'");
            shop.pipeline(DEV, "eu", "us").refused(RejectionCode.PIPELINE_INVALID);
            shop.pipeline("eu", DEV).refused(RejectionCode.PIPELINE_INVALID);
        }

        @Test
        void onlyAChangedPathRepublishesTheReleases() {
            var shop = withReleases("1");
            shop.define(List.of(stage(DEV), stage(STAGING), Scenario.tier(PRODUCTION, "testing")));
            assertThat(shop.eventKinds()).containsExactly("EnvironmentModified");
            assertThat(shop.changes().affectsEveryRelease()).isFalse();
            shop.define(List.of(stage(DEV), stage(STAGING), after(PRODUCTION, DEV)));
            assertThat(shop.eventKinds()).containsExactly("EnvironmentModified");
            assertThat(shop.changes().affectsEveryRelease()).isTrue();
        }

        @Test
        void oneThatComesAfterAnotherThanBeforeWasModified() {
            var shop = withReleases("1").pipeline(DEV, "qa", PRODUCTION);
            assertThat(shop.eventKinds())
                    .containsExactly("EnvironmentCreated", "EnvironmentModified", "EnvironmentDeleted");
        }

        @Test
        void oneThatComesBackHasNeitherTierNorPolicyAgain() {
            var shop = withReleases("1")
                    .define(List.of(stage(DEV), Scenario.onlyNewer(STAGING)))
                    .pipeline(DEV)
                    .pipeline(DEV, STAGING);
            assertThat(shop.application.pipeline().stageAt(1)).isEqualTo(new Stage(STAGING, null));
        }

        @Test
        void fiftyEnvironmentsInARowLeadToTheEnd() {
            String[] ids = IntStream.range(0, 50).mapToObj(i -> "e" + i).toArray(String[]::new);
            var shop = withReleases("1").pipeline(ids);
            for (int i = 1; i < ids.length; i++) {
                shop.deploy("1").accepted();
            }
            assertThat(shop.current("e49")).isEqualTo("1");
            shop.deploy("1").refused(RejectionCode.NOTHING_LEFT);
        }
    }

    @Test
    void anEnvironmentForOnlyNewerOnesRefusesALateOlderOne() {
        var shop = withReleases("1", "2")
                .define(List.of(stage(DEV), Scenario.onlyNewer(STAGING)))
                .deployed("2", STAGING);
        shop.deploy("1", STAGING).refused(RejectionCode.OLDER_THAN_CURRENT);
        shop.deploy("1").refused(RejectionCode.OLDER_THAN_CURRENT);
        shop.define(List.of(
                        stage(DEV),
                        new StageDefinition(
                                STAGING,
                                FieldChange.keep(),
                                FieldChange.keep(),
                                FieldChange.keep(),
                                FieldChange.clear())))
                .deploy("1", STAGING)
                .accepted();
    }

    @Test
    void goingBackOnPurposeIsNoLateOlderOne() {
        var shop = withReleases("1", "2")
                .define(List.of(stage(DEV), Scenario.onlyNewer(STAGING)))
                .deployed("1", STAGING)
                .deployed("2", STAGING);
        shop.deploy("1", STAGING).refused(RejectionCode.OLDER_THAN_CURRENT);
        shop.rollback(STAGING).accepted();
        shop.redeploy(STAGING, "1").accepted();
        shop.deploy("2", STAGING).accepted();
    }
}
