package dev.lockstep.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.common.Ids;
import dev.lockstep.domain.release.Release;
import dev.lockstep.wire.Topics;
import java.io.IOException;
import org.apache.kafka.common.header.Header;

/** What happened, as CDEvents v0.5.1 (contract, section 6). Everything of ours sits in {@code customData.lockstep}. */
public final class CdEvents {

    private static final String SPEC_VERSION = "0.5.1";

    private final Topics topics;
    private final String source;
    private final Header sourceHeader;

    public CdEvents(Topics topics, String source) {
        this.topics = topics;
        this.source = source;
        this.sourceHeader = CloudEventHeaders.source(source);
    }

    /**
     * @param home the application's partition
     * @param application as it is after the command
     */
    public OutgoingRecord event(CommandContext cause, int home, Application application, Changes.Numbered numbered) {
        EventTelling.Told told = numbered.event().accept(new EventTelling(application));
        String id = Ids.event(application.id(), numbered.revision());
        byte[] value = JsonWriter.object(json -> {
            json.writeObjectFieldStart("context");
            json.writeStringField("specversion", SPEC_VERSION);
            json.writeStringField("id", id);
            json.writeStringField("source", source);
            json.writeStringField("type", told.type());
            json.writeStringField("timestamp", cause.time());
            if (told.release() != null) {
                JsonWriter.optional(json, "chainId", told.release().chainId());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("subject");
            json.writeStringField("id", told.subject());
            if (told.isOfItsApplication()) {
                json.writeStringField("source", source + "/applications/" + application.id());
            }
            json.writeObjectFieldStart("content");
            told.content().write(json);
            json.writeEndObject();
            json.writeEndObject();
            json.writeObjectFieldStart("customData");
            ours(json, cause, application, told, numbered.revision());
            json.writeEndObject();
            json.writeStringField("customDataContentType", "application/json");
        });
        return OutgoingRecord.of(
                topics.events(),
                home,
                application.id(),
                value,
                CloudEventHeaders.of(
                        id,
                        sourceHeader,
                        told.type(),
                        told.subject(),
                        application.id(),
                        numbered.revision(),
                        cause.headersOf(told.deployment())));
    }

    private static void ours(
            JsonGenerator json, CommandContext cause, Application application, EventTelling.Told told, long revision)
            throws IOException {
        json.writeObjectFieldStart("lockstep");
        json.writeStringField("application", application.id());
        Release release = told.release();
        if (release != null) {
            json.writeStringField("release", release.id());
            json.writeNumberField("createdRevision", release.createdRevision());
            if (release.source() != null) {
                JsonWriter.source(json, release.source());
            }
            JsonWriter.optional(json, "notes", release.annotations().notes());
            if (!release.annotations().labels().isEmpty()) {
                JsonWriter.texts(json, "labels", release.annotations().labels());
            }
        }
        told.details().write(json);
        json.writeNumberField("revision", revision);
        json.writeStringField("commandId", cause.commandId());
        json.writeStringField("commandSource", cause.commandSource());
        JsonWriter.optional(json, "actor", cause.actor());
        JsonWriter.optional(json, "reason", cause.reason());
        json.writeEndObject();
    }
}
