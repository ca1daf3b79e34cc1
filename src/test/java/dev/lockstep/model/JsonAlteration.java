package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One place in some JSON that is altered to see whether the comparison notices. */
record JsonAlteration(String pointer) {

    /** Every leaf value. */
    static List<JsonAlteration> everyLeaf(JsonNode sound) {
        List<JsonAlteration> bends = new ArrayList<>();
        collect(sound, "", false, bends);
        return bends;
    }

    /** Every member of every object. */
    static List<JsonAlteration> everyMember(JsonNode sound) {
        List<JsonAlteration> bends = new ArrayList<>();
        collect(sound, "", true, bends);
        return bends;
    }

    private static void collect(JsonNode node, String pointer, boolean members, List<JsonAlteration> bends) {
        if (!members && !node.isContainerNode()) {
            bends.add(new JsonAlteration(pointer));
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            collect(node.get(i), pointer + "/" + i, members, bends);
        }
        node.properties().forEach(member -> {
            String inner = pointer + "/" + member.getKey();
            if (members) {
                bends.add(new JsonAlteration(inner));
            }
            collect(member.getValue(), inner, members, bends);
        });
    }

    /** A copy with another value of the same type there. */
    ObjectNode of(JsonNode sound) {
        ObjectNode bent = sound.deepCopy();
        JsonNode bentValue = altered(bent.at(pointer));
        JsonNode parent = bent.at(pointer.substring(0, pointer.lastIndexOf('/')));
        if (parent.isArray()) {
            ((ArrayNode) parent).set(Integer.parseInt(last()), bentValue);
        } else {
            ((ObjectNode) parent).set(last(), bentValue);
        }
        return bent;
    }

    /** A copy without that member. */
    ObjectNode without(JsonNode sound) {
        ObjectNode bent = sound.deepCopy();
        ((ObjectNode) bent.at(pointer.substring(0, pointer.lastIndexOf('/')))).remove(last());
        return bent;
    }

    private String last() {
        return pointer.substring(pointer.lastIndexOf('/') + 1);
    }

    private static JsonNode altered(JsonNode old) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        Instant time = EventLog.time(old);
        if (time != null) {
            return json.textNode(time.plusSeconds(1).toString());
        }
        if (old.isBoolean()) {
            return json.booleanNode(!old.booleanValue());
        }
        return old.isNumber() ? json.numberNode(old.longValue() + 100) : json.textNode("bent");
    }
}
