package dev.lockstep.domain;

import dev.lockstep.domain.release.Release;
import java.util.Comparator;

/**
 * The newest of an application's unarchived releases, which its policy keeps (rule 29). They need not all be loaded.
 *
 * @param isKnown whether this is known yet; if not, nothing is archived, and the check is repeated
 * @param lowestCreatedRevision the lowest created revision among them; 0 if there are no other releases
 */
public record NewestReleases(boolean isKnown, long lowestCreatedRevision) {

    public static final NewestReleases UNKNOWN = new NewestReleases(false, 0);

    /**
     * For an application of whose older releases only the candidates for archiving are loaded: the oldest, at most one more
     * than a check archives.
     */
    public static NewestReleases startingAt(long createdRevision) {
        return new NewestReleases(true, createdRevision);
    }

    /** @throws IllegalStateException if not all of the application's releases are loaded */
    public static NewestReleases of(Application application) {
        if (application.releases().size() < application.releaseCount()) {
            throw new IllegalStateException("which releases are the newest was not loaded");
        }
        return startingAt(application.releases().stream()
                .filter(release -> !release.isArchived())
                .map(Release::createdRevision)
                .sorted(Comparator.reverseOrder())
                .skip(application.keepSchedule().policy().releases() - 1L)
                .findFirst()
                .orElse(0L));
    }
}
