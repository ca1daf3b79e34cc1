package dev.lockstep.setup;

import static java.util.Comparator.comparingInt;

import dev.lockstep.config.Settings;
import dev.lockstep.decode.form.Suggestions;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** Says what looks like a knob and is none: mistyped, it would leave the default in force without a word. */
@Singleton
final class UnknownSettings {

    private static final Logger LOG = Logger.getLogger(UnknownSettings.class);
    private static final String OURS = "LOCKSTEP_";
    private static final String OUR_PROPERTIES = "lockstep.";

    /** What Kubernetes tells a pod of the services beside it, one of which may be called lockstep. */
    private static final Pattern SERVICE_LINK = Pattern.compile(".*_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_.+)?)");

    void start(@Observes StartupEvent event) {
        Iterable<String> set = ConfigProvider.getConfig().getPropertyNames();
        told(StreamSupport.stream(set.spliterator(), false)).forEach(LOG::warn);
    }

    /** @param set names of properties or variables, ours and others */
    static List<String> told(Stream<String> set) {
        Set<String> known = known();
        return set.map(UnknownSettings::variable)
                .filter(name -> name.startsWith(OURS) && !known.contains(name))
                .filter(name -> !SERVICE_LINK.matcher(name).matches())
                .distinct()
                .sorted()
                .map(name -> name + " is not a setting and has no effect. Did you mean " + nearest(name, known)
                        + "? All of them are in docs/configuration.md")
                .toList();
    }

    /**
     * Of a file, or a property of the JVM: written for this worker, they stop the start.
     *
     * @param set names of properties, ours and others
     */
    static List<String> refused(Stream<String> set) {
        Set<String> known = knobs();
        return set.filter(name -> name.startsWith(OUR_PROPERTIES) && !known.contains(name))
                .distinct()
                .sorted()
                .map(name -> name + " is not a setting. Did you mean " + nearest(name, known)
                        + "? All of them are in docs/configuration.md")
                .toList();
    }

    private static Set<String> known() {
        return knobs().stream().map(UnknownSettings::variable).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The names of all knobs, as properties. */
    static Set<String> knobs() {
        return new TreeSet<>(ConfigMappings.getProperties(ConfigClass.configClass(Settings.class))
                .keySet());
    }

    private static String nearest(String name, Set<String> known) {
        return Collections.min(known, comparingInt(candidate -> Suggestions.distance(name, candidate)));
    }

    private static String variable(String property) {
        return property.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
