package dev.lockstep.setup;

import static java.util.Comparator.comparingInt;

import dev.lockstep.config.Settings;
import dev.lockstep.decode.schema.Suggestions;
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

/** Reports names that look like settings but are not: a typo would silently leave the default in force. */
@Singleton
final class UnknownSettings {

    private static final Logger LOG = Logger.getLogger(UnknownSettings.class);
    private static final String VARIABLE_PREFIX = "LOCKSTEP_";
    private static final String PROPERTY_PREFIX = "lockstep.";

    /** The variables in which Kubernetes tells a pod about neighbouring services, one of which may be called lockstep. */
    private static final Pattern SERVICE_LINK = Pattern.compile(".*_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_.+)?)");

    void start(@Observes StartupEvent event) {
        Iterable<String> set = ConfigProvider.getConfig().getPropertyNames();
        warnings(StreamSupport.stream(set.spliterator(), false)).forEach(LOG::warn);
    }

    /** @param set names of properties or variables, ours and others' */
    static List<String> warnings(Stream<String> set) {
        Set<String> known = known();
        return set.map(UnknownSettings::toVariableName)
                .filter(name -> name.startsWith(VARIABLE_PREFIX) && !known.contains(name))
                .filter(name -> !SERVICE_LINK.matcher(name).matches())
                .distinct()
                .sorted()
                .map(name -> name + " is not a setting and has no effect. Did you mean " + nearest(name, known)
                        + "? All of them are in docs/configuration.md")
                .toList();
    }

    /**
     * Settings from a file or a JVM property: meant for this worker, so unknown ones stop the start.
     *
     * @param set names of properties, ours and others'
     */
    static List<String> errors(Stream<String> set) {
        Set<String> known = settingNames();
        return set.filter(name -> name.startsWith(PROPERTY_PREFIX) && !known.contains(name))
                .distinct()
                .sorted()
                .map(name -> name + " is not a setting. Did you mean " + nearest(name, known)
                        + "? All of them are in docs/configuration.md")
                .toList();
    }

    private static Set<String> known() {
        return settingNames().stream()
                .map(UnknownSettings::toVariableName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The names of all settings, as properties. */
    static Set<String> settingNames() {
        return new TreeSet<>(ConfigMappings.getProperties(ConfigClass.configClass(Settings.class))
                .keySet());
    }

    private static String nearest(String name, Set<String> known) {
        return Collections.min(known, comparingInt(candidate -> Suggestions.editDistance(name, candidate)));
    }

    private static String toVariableName(String property) {
        return property.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }
}
