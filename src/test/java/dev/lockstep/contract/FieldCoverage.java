package dev.lockstep.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/** Which of the fields declared by schemas were ever seen with a value: a field that never has one is no contract. */
public final class FieldCoverage {

    private final Set<String> seen = new TreeSet<>();

    public void see(String file, JsonNode instance) {
        walk(file, Schemas.file(file), "", instance, seen);
    }

    /** @return file and path of each field of these files, and of those they refer to, that was never seen with a value */
    public Set<String> unseen(Collection<String> files) {
        Set<String> declared = new TreeSet<>();
        files.forEach(file -> walk(file, Schemas.file(file), "", null, declared));
        declared.removeAll(seen);
        return declared;
    }

    /** @param instance null to note everything that is declared */
    private static void walk(String file, JsonNode schema, String path, JsonNode instance, Set<String> noted) {
        if (schema.has("$ref")) {
            String other = schema.get("$ref").asText();
            walk(other, Schemas.file(other), "", instance, noted);
        }
        schema.path("anyOf").forEach(either -> walk(file, either, path, instance, noted));
        if (schema.has("items")) {
            if (instance == null) {
                walk(file, schema.get("items"), path + "/[]", null, noted);
            } else {
                instance.forEach(entry -> walk(file, schema.get("items"), path + "/[]", entry, noted));
            }
        }
        if (schema.path("additionalProperties").isObject() && (instance == null || !instance.isEmpty())) {
            noted.add(file + " " + path + "/*");
        }
        schema.path("properties").properties().forEach(property -> {
            String name = path + "/" + property.getKey();
            if (instance == null) {
                noted.add(file + " " + name);
                walk(file, property.getValue(), name, null, noted);
            } else if (instance.hasNonNull(property.getKey())) {
                noted.add(file + " " + name);
                walk(file, property.getValue(), name, instance.get(property.getKey()), noted);
            }
        });
    }
}
