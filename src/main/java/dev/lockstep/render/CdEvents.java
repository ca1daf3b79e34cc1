package dev.lockstep.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.common.Ids;
import dev.lockstep.domain.release.Release;
import dev.lockstep.wire.Topics;
import java.io.IOException;
import org.apache.kafka.common.header.Header;

/** What happened, as CDEvents v0.5.1 (contract, section 6). All Lockstep-specific data is in {@code customData.lockstep}. */
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
     * @param application the application after the command
     */
    public OutgoingRecord event(Cause cause, int home, Application application, Changes.NumberedEvent numberedEvent) {
        CdEventMapper.MappedEvent mappedEvent = numberedEvent.event().accept(new CdEventMapper(application));
        String id = Ids.event(application.id(), numberedEvent.revision());
        byte[] value = JsonWriter.object(json -> {
            json.writeObjectFieldStart("context");
            json.writeStringField("specversion", SPEC_VERSION);
            json.writeStringField("id", id);
            json.writeStringField("source", source);
            json.writeStringField("type", mappedEvent.type());
            json.writeStringField("timestamp", cause.time());
            if (mappedEvent.release() != null) {
                JsonWriter.writeTextIfPresent(
                        json, "chainId", mappedEvent.release().chainId());
            }
            json.writeEndObject();
            json.writeObjectFieldStart("subject");
            json.writeStringField("id", mappedEvent.subjectId());
            if (mappedEvent.isScopedToApplication()) {
                json.writeStringField("source", source + "/applications/" + application.id());
            }
            json.writeObjectFieldStart("content");
            mappedEvent.content().write(json);
            json.writeEndObject();
            json.writeEndObject();
            json.writeObjectFieldStart("customData");
            writeLockstepData(json, cause, application, mappedEvent, numberedEvent.revision());
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
                        mappedEvent.type(),
                        mappedEvent.subjectId(),
                        application.id(),
                        numberedEvent.revision(),
                        cause.headersFor(mappedEvent.deployment())));
    }

    private static void writeLockstepData(
            JsonGenerator json,
            Cause cause,
            Application application,
            CdEventMapper.MappedEvent mappedEvent,
            long revision)
            throws IOException {
        json.writeObjectFieldStart("lockstep");
        json.writeStringField("application", application.id());
        Release release = mappedEvent.release();
        if (release != null) {
            json.writeStringField("release", release.id());
            json.writeNumberField("createdRevision", release.createdRevision());
            if (release.source() != null) {
                JsonWriter.writeSource(json, release.source());
            }
            JsonWriter.writeTextIfPresent(json, "notes", release.annotations().notes());
            if (!release.annotations().labels().isEmpty()) {
                JsonWriter.writeTexts(json, "labels", release.annotations().labels());
            }
        }
        mappedEvent.customData().write(json);
        json.writeNumberField("revision", revision);
        json.writeStringField("commandId", cause.commandId());
        json.writeStringField("commandSource", cause.commandSource());
        JsonWriter.writeTextIfPresent(
                json, "actor", Actor.nameOf(cause.attribution().actor()));
        JsonWriter.writeTextIfPresent(json, "reason", cause.attribution().reason());
        json.writeEndObject();
    }
}
