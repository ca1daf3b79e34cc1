package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One place of some JSON that is to be bent, to see whether anybody notices. */
record Bend(String pointer) {

    /** Every value that holds no others. */
    static List<Bend> everything(JsonNode sound) {
        List<Bend> bends = new ArrayList<>();
        collect(sound, "", false, bends);
        return bends;
    }

    /** Every member of every object. */
    static List<Bend> everyMember(JsonNode sound) {
        List<Bend> bends = new ArrayList<>();
        collect(sound, "", true, bends);
        return bends;
    }

    private static void collect(JsonNode node, String pointer, boolean members, List<Bend> bends) {
        if (!members && !node.isContainerNode()) {
            bends.add(new Bend(pointer));
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            collect(node.get(i), pointer + "/" + i, members, bends);
        }
        node.properties().forEach(member -> {
            String inner = pointer + "/" + member.getKey();
            if (members) {
                bends.add(new Bend(inner));
            }
            collect(member.getValue(), inner, members, bends);
        });
    }

    /** A copy with another value of the same kind there. */
    ObjectNode of(JsonNode sound) {
        ObjectNode bent = sound.deepCopy();
        JsonNode bentValue = bent(bent.at(pointer));
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

    private static JsonNode bent(JsonNode old) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        Instant time = Chronicle.time(old);
        if (time != null) {
            return json.textNode(time.plusSeconds(1).toString());
        }
        if (old.isBoolean()) {
            return json.booleanNode(!old.booleanValue());
        }
        return old.isNumber() ? json.numberNode(old.longValue() + 100) : json.textNode("bent");
    }
}
