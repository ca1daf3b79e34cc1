package dev.lockstep.domain;

import dev.lockstep.domain.release.Release;
import java.util.Comparator;

/**
 * Which of an application's unarchived releases are the newest that its policy keeps (rule 29), not all of which need to be
 * loaded.
 *
 * @param isKnown whether this is known yet; if not, nothing is archived, and the check is repeated
 * @param from the lowest created revision among them; 0 if there are no others
 */
public record NewestReleases(boolean isKnown, long from) {

    public static final NewestReleases UNKNOWN = new NewestReleases(false, 0);

    /**
     * For an application whose releases before that revision are not all loaded; but those are that can be archived, the oldest
     * first, one more than are archived at once.
     */
    public static NewestReleases from(long createdRevision) {
        return new NewestReleases(true, createdRevision);
    }

    /** @throws IllegalStateException if not all of the application's releases are loaded */
    public static NewestReleases of(Application application) {
        if (application.releases().size() < application.releaseCount()) {
            throw new IllegalStateException("which releases are the newest was not loaded");
        }
        return from(application.releases().stream()
                .filter(release -> !release.archived())
                .map(Release::createdRevision)
                .sorted(Comparator.reverseOrder())
                .skip(application.keepSchedule().policy().releases() - 1L)
                .findFirst()
                .orElse(0L));
    }
}
