package dev.lockstep;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Commands that bring about every kind of record and every refusal there is. */
public final class WholeStory {

    private static final String CREATE =
            "{'application':'shop','release':'%s','title':'Spring sale','description':'Vouchers','artifactId':'pkg:oci/shop@sha256:0a1b',"
                    + "'source':{'repoUrl':'https://git.example/shop','commitSha':'0a1b2c','ref':'main','committedAt':'2026-01-30T10:00:00Z'},"
                    + "'chainId':'chain-7','actor':'urn:user:17','reason':'Merged'}";

    private final Rehearsal rehearsal = new Rehearsal();

    private WholeStory() {}

    /** @return a rehearsal in which all of it was sent */
    public static Rehearsal told() {
        WholeStory story = new WholeStory();
        story.releases();
        story.environments();
        story.pipelines();
        story.refusals();
        story.oddities();
        return story.rehearsal;
    }

    private void releases() {
        rehearsal.send("release.create", CREATE.formatted("1.0.0"));
        rehearsal.send(
                "release.update", "{'application':'shop','release':'1.0.0','title':'Summer sale','source':null}");
        rehearsal.send("release.update", "{'application':'shop','release':'1.0.0','title':'Summer sale'}");
        rehearsal.send(
                "release.update",
                "{'application':'shop','release':'1.0.0','source':{'ref':'sale'},'actor':'urn:user:17','reason':'Branch'}");
        rehearsal.send(
                "release.delete", "{'application':'shop','release':'1.0.0','actor':'urn:user:17','reason':'Typo'}");
        for (String release : new String[] {"1.0.0", "1.1.0", "1.2.0+7"}) {
            rehearsal.send("release.create", CREATE.formatted(release));
        }
        rehearsal.send("release.create", "{'application':'shop','release':'2.0.0','title':'Bare'}");
    }

    private void environments() {
        deploy("1.0.0");
        deploy("1.0.0");
        deploy("1.1.0");
        rehearsal.send(
                "environment.rollback",
                "{'application':'shop','environment':'staging','actor':'urn:user:17','reason':'Slow'}");
        rehearsal.send("release.deploy", "{'application':'shop','release':'2.0.0'}");
        rehearsal.send("release.undeploy", "{'application':'shop','environment':'production','actor':'urn:user:17'}");
        rehearsal.send("release.undeploy", "{'application':'shop','environment':'staging','reason':'Empty it'}");
    }

    private void deploy(String release) {
        rehearsal.send(
                "release.deploy",
                "{'application':'shop','release':'%s','actor':'urn:user:17','reason':'Go'}".formatted(release));
    }

    private void pipelines() {
        rehearsal.send(
                "pipeline.define",
                "{'application':'blog','environments':[{'id':'dev'},{'id':'qa','tier':'testing'},{'id':'live','tier':'production'}],"
                        + "'actor':'urn:user:17','reason':'New'}");
        rehearsal.send(
                "pipeline.define",
                "{'application':'blog','environments':[{'id':'dev'},{'id':'live','tier':'production'}],"
                        + "'actor':'urn:user:17','reason':'No testers'}");
    }

    private void refusals() {
        rehearsal.send("release.fly", "{'application':'shop'}");
        rehearsal.send("release.deploy", "{'application':'shop','release':'1.0.0','enviroment':'production'}");
        rehearsal.send("release.deploy", "{'application':'Not one','release':'1.0.0'}");
        rehearsal.send("other", json("{'application':'shop','release':'1.0.0'}"), headers("k", "release.delete"));
        rehearsal.send("c-1", "release.delete", "{'application':'shop','release':'1.0.0'}");
        rehearsal.send("c-1", "release.create", CREATE.formatted("1.0.0"));
        rehearsal.send("release.deploy", "{'application':'nobody','release':'1.0.0'}");
        rehearsal.send("release.delete", "{'application':'shop','release':'1.0.0','expectedRevision':1}");
        rehearsal.send("release.delete", "{'application':'shop','release':'9'}");
        rehearsal.send("release.deploy", "{'application':'shop','release':'1.0.0','environment':'moon'}");
        rehearsal.send("release.create", CREATE.formatted("1.0.0"));
        rehearsal.send("release.undeploy", "{'application':'shop','environment':'development'}");
        rehearsal.send("release.delete", "{'application':'shop','release':'1.0.0'}");
        rehearsal.send("release.deploy", "{'application':'shop','release':'1.0.0'}");
        rehearsal.send("release.undeploy", "{'application':'shop','environment':'production'}");
        rehearsal.send("environment.rollback", "{'application':'shop','environment':'staging','release':'1.2.0+7'}");
        rehearsal.send("release.deploy", "{'application':'shop','release':'1.2.0+7','environment':'production'}");
        rehearsal.send("release.deploy", "{'application':'shop','release':'1.2.0+7'}");
        rehearsal.send("release.deploy", "{'application':'shop','release':'1.2.0+7','environment':'staging'}");
        rehearsal.send("pipeline.define", "{'application':'shop','environments':[{'id':'development'}]}");
    }

    private void oddities() {
        byte[] delete = json("{'application':'shop','release':'1.1.0'}");
        rehearsal.send("shop", json("no json"), Map.of());
        rehearsal.send(null, null, Map.of());
        rehearsal.sendAstray("shop", delete, headers("astray", "release.delete"));
        rehearsal.sendUnprocessable("shop", delete, headers("poison", "release.delete"));
    }

    private static Map<String, String> headers(String id, String type) {
        return Map.of(
                "ce_specversion", "1.0", "ce_id", id, "ce_source", "/ci", "ce_type", "dev.lockstep." + type + ".v1");
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
