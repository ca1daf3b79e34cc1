package dev.lockstep.model;

import java.util.Set;

/** The three status topics as the model would fill them. */
record ModelStatuses(ReferenceModel model, EventLog chronicle) {

    Published published(String application) {
        Published published = new Published();
        ModelJson json = new ModelJson(application, chronicle);
        Stamped<ExpectedApplication> own = model.status(application);
        if (own != null) {
            published.keepApplication(application, json.application(own), null);
        }
        String prefix = application + "/";
        model.releases(application).forEach((id, view) -> published.keepRelease(prefix + id, json.release(view), null));
        model.goneReleases(application)
                .forEach((id, reasons) -> published.keepRelease(prefix + id, null, any(reasons)));
        model.environments(application)
                .forEach((id, view) -> published.keepEnvironment(prefix + id, json.environment(view), null));
        model.goneEnvironments(application)
                .forEach((id, reasons) -> published.keepEnvironment(prefix + id, null, any(reasons)));
        return published;
    }

    private static String any(Set<String> reasons) {
        return reasons.iterator().next();
    }
}
