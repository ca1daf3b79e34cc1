package dev.lockstep.store.format;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.KeepPolicy;
import dev.lockstep.domain.KeepSchedule;
import dev.lockstep.domain.Profile;
import dev.lockstep.domain.pipeline.Pipeline;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.pipeline.Stage;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * An application as it is stored.
 *
 * @param dropped how many dropped environments with a history have rows of their own; null for none
 * @param profile null for an empty one
 * @param archived null for no
 * @param keep null for none
 * @param lastChange null if written by a version that did not know it: then the application's published state is published
 *     again
 * @param decidedAt null if written by a version that did not know it, or if nothing has been decided yet
 */
public record ApplicationRow(
        List<StageRow> pipeline,
        List<EnvironmentRow> environments,
        Integer dropped,
        ProfileRow profile,
        Boolean archived,
        KeepRow keep,
        @JsonProperty("mark") LastChangeRow lastChange,
        Instant decidedAt) {

    static ApplicationRow of(Application application) {
        return new ApplicationRow(
                application.pipeline().stages().stream().map(StageRow::of).toList(),
                application.environments().stream()
                        .filter(environment -> application.positionOf(environment.id()) >= 0)
                        .map(environment -> EnvironmentRow.of(environment.id(), environment))
                        .toList(),
                application.droppedEnvironmentCount() == 0 ? null : application.droppedEnvironmentCount(),
                ProfileRow.of(application.profile()),
                application.isArchived() ? true : null,
                KeepRow.of(application.keepSchedule()),
                LastChangeRow.of(application.lastChange()),
                application.decidedAt().equals(Instant.MIN) ? null : application.decidedAt());
    }

    /**
     * The lowest format that can express it: an older version must neither take data stored elsewhere for gone, nor lose
     * data that it does not know.
     */
    public static int lowestFormat(Application application) {
        return Math.max(EnumFormats.formatOf(application), formatOfMembers(application));
    }

    private static int formatOfMembers(Application application) {
        if (application.pipeline().stages().stream()
                .anyMatch(stage -> stage.policy().soakTime() != null)) {
            return 6;
        }
        boolean fitsFormat4 = application.pipeline().stages().stream().allMatch(StageRow::fitsFormat4)
                && application.environments().stream().allMatch(EnvironmentRow::fitsFormat1);
        if (!fitsFormat4 || application.keepSchedule().policy() != null) {
            return 5;
        }
        boolean isPlain = !application.isArchived()
                && application.profile().equals(Profile.EMPTY)
                && application.pipeline().stages().stream().allMatch(StageRow::isPlain)
                && application.environments().stream().allMatch(EnvironmentRow::isPlain);
        return !isPlain ? 4 : application.droppedEnvironmentCount() > 0 ? 3 : 1;
    }

    Application toApplication(String id, long revision, long releases) {
        return new Application(
                id,
                revision,
                releases,
                Pipeline.of(pipeline.stream().map(StageRow::stage).toList()),
                environments.stream()
                        .map(environment -> environment.toEnvironment(environment.id()))
                        .toList(),
                dropped == null ? 0 : dropped,
                profile == null ? Profile.EMPTY : profile.profile(),
                archived != null,
                keep == null ? KeepSchedule.NONE : keep.schedule(),
                lastChange == null ? null : lastChange.toLastChange(),
                decidedAt == null ? Instant.MIN : decidedAt);
    }

    /** @param policy null for the default */
    private record StageRow(String id, String title, String tier, List<String> after, PolicyRow policy) {

        static StageRow of(Stage stage) {
            return new StageRow(stage.id(), stage.title(), stage.tier(), stage.after(), PolicyRow.of(stage.policy()));
        }

        static boolean isPlain(Stage stage) {
            return stage.title() == null
                    && stage.after() == null
                    && stage.policy().equals(Policy.DEFAULT);
        }

        static boolean fitsFormat4(Stage stage) {
            Policy policy = stage.policy();
            return policy.timeout() == null
                    && policy.reportEvery() == null
                    && policy.maxQueued() == Policy.DEFAULT.maxQueued();
        }

        Stage stage() {
            return new Stage(id, title, tier, after, policy == null ? Policy.DEFAULT : policy.policy());
        }
    }

    /** Null members have their defaults. */
    private record PolicyRow(
            boolean onlyNewer,
            Policy.Completion completion,
            String timeout,
            String reportEvery,
            Policy.WhenBusy whenBusy,
            Integer maxQueued,
            Policy.OnFailure onFailure,
            String soakTime) {

        static PolicyRow of(Policy policy) {
            return policy.equals(Policy.DEFAULT)
                    ? null
                    : new PolicyRow(
                            policy.onlyNewer(),
                            unlessDefault(policy, Policy::completion),
                            unlessDefault(policy, Policy::timeout),
                            unlessDefault(policy, Policy::reportEvery),
                            unlessDefault(policy, Policy::whenBusy),
                            unlessDefault(policy, Policy::maxQueued),
                            unlessDefault(policy, Policy::onFailure),
                            policy.soakTime());
        }

        private static <T> T unlessDefault(Policy policy, Function<Policy, T> member) {
            T value = member.apply(policy);
            return Objects.equals(value, member.apply(Policy.DEFAULT)) ? null : value;
        }

        private static <T> T orDefault(T value, Function<Policy, T> member) {
            return value == null ? member.apply(Policy.DEFAULT) : value;
        }

        Policy policy() {
            return new Policy(
                    onlyNewer,
                    orDefault(completion, Policy::completion),
                    orDefault(timeout, Policy::timeout),
                    orDefault(reportEvery, Policy::reportEvery),
                    orDefault(whenBusy, Policy::whenBusy),
                    orDefault(maxQueued, Policy::maxQueued),
                    orDefault(onFailure, Policy::onFailure),
                    soakTime);
        }
    }

    private record KeepRow(int releases, int days, Instant due) {

        static KeepRow of(KeepSchedule keepSchedule) {
            KeepPolicy keep = keepSchedule.policy();
            return keep == null ? null : new KeepRow(keep.releases(), keep.days(), keepSchedule.nextCheckAt());
        }

        KeepSchedule schedule() {
            return new KeepSchedule(new KeepPolicy(releases, days), due);
        }
    }

    private record ProfileRow(String title, String description, String owner, String url) {

        static ProfileRow of(Profile profile) {
            return profile.equals(Profile.EMPTY)
                    ? null
                    : new ProfileRow(profile.title(), profile.description(), profile.owner(), profile.url());
        }

        Profile profile() {
            return new Profile(title, description, owner, url);
        }
    }
}
