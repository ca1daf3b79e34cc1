package dev.lockstep.store;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.Event;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** What a batch's records find and leave behind, in memory between reading and writing. */
public final class State {

    private final Map<String, Application> applications = new HashMap<>();
    private final Map<UUID, Known> known = new HashMap<>();
    private final Map<UUID, Known> remembered = new LinkedHashMap<>();
    private final Map<String, Map<String, Boolean>> changedReleases = new LinkedHashMap<>();
    private final Map<String, Long> revisionsBefore = new HashMap<>();

    /** @return the application as it is after the records judged so far; one at revision 0 when it is unknown */
    public Application application(String id) {
        return applications.computeIfAbsent(id, Application::new);
    }

    /** @return the first outcome under this idempotency key, or null */
    public Known known(UUID key) {
        return known.get(key);
    }

    public void remember(UUID key, Known outcome) {
        known.put(key, outcome);
        remembered.put(key, outcome);
    }

    /** Notes what an accepted command changed, to be written. */
    public void changed(Application application, Changes changes) {
        if (changes.events().isEmpty()) {
            return;
        }
        Map<String, Boolean> releases = changedReleases.computeIfAbsent(application.id(), id -> new LinkedHashMap<>());
        for (Changes.Numbered numbered : changes.events()) {
            if (numbered.event() instanceof Event.ReleaseCreated created) {
                releases.putIfAbsent(created.release().id(), true);
            }
        }
        changes.releases().forEach(release -> releases.putIfAbsent(release, false));
    }

    void load(Application application) {
        applications.put(application.id(), application);
        revisionsBefore.put(application.id(), application.revision());
    }

    void load(UUID key, Known outcome) {
        known.put(key, outcome);
    }

    /** @return the application, or null when it is not stored */
    Application stored(String id) {
        return applications.get(id);
    }

    /** By idempotency key, in order. */
    Map<UUID, Known> remembered() {
        return remembered;
    }

    /** The ids of the releases to write, by application, and whether each is new to the store. */
    Map<String, Map<String, Boolean>> changedReleases() {
        return changedReleases;
    }

    /** @return the application's revision when it was loaded, 0 when it was not stored */
    long revisionBefore(String application) {
        return revisionsBefore.getOrDefault(application, 0L);
    }
}
