package dev.lockstep;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/** Commands that cause every kind of record and every refusal there is. */
public final class EveryRecordScenario {

    private static final String CREATE =
            "{'application':'shop','release':'%s','title':'Spring sale','description':'Vouchers','artifactId':'pkg:oci/shop@sha256:0a1b',"
                    + "'source':{'repoUrl':'https://git.example/shop','commitSha':'0a1b2c','ref':'main','committedAt':'2026-01-30T10:00:00Z'},"
                    + "'chainId':'chain-7','actor':'urn:user:17','reason':'Merged'}";

    private final InMemoryWorker rehearsal = new InMemoryWorker();
    private String last;

    private EveryRecordScenario() {}

    /** @return a rehearsal to which all of them were sent */
    public static InMemoryWorker run() {
        EveryRecordScenario story = new EveryRecordScenario();
        story.releases();
        story.environments();
        story.pipelines();
        story.refusals();
        story.oddities();
        story.branches();
        story.sideBySide();
        story.archives();
        story.lives();
        story.ends();
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

    private void branches() {
        define(
                "{'id':'test'},{'id':'qa','title':'Testers','tier':'testing'},"
                        + "{'id':'eu','title':'Europe','tier':'production','after':['test']},"
                        + "{'id':'us','tier':'production','after':['test'],'policy':{'onlyNewer':true}},"
                        + "{'id':'world','after':['eu','us']}",
                "Two regions");
        keep("null");
        keep("{'releases':50,'days':365}");
        define("{'id':'test'},{'id':'eu'},{'id':'us'},{'id':'world'}", "No testers");
        define("{'id':'test'},{'id':'us'},{'id':'world'}", "No Europe");
        create("1.0.0");
        annotate("1.0.0", "'notes':'Ask Ada first','labels':{'jira/ticket':'MAPS-7'}");
        annotate("1.0.0", "'labels':{'team':null}");
        ofMaps("release.update", "'release':'1.0.0','title':'Summer sale'", "Season");
        create("1.1.0");
        annotate("1.1.0", "'notes':'Needs the new tiles'");
    }

    private void sideBySide() {
        ofMaps("release.deploy", "'release':'1.0.0'", "Go");
        ofMaps("release.deploy", "'release':'1.0.0','environment':'world'", "Go");
        ofMaps("release.deploy", "'release':'1.0.0','environment':'eu','from':'test'", "Go");
        ofMaps("release.deploy", "'release':'1.1.0','environment':'eu'", "Go");
        ofMaps("environment.rollback", "'environment':'eu'", "Slow");
        ofMaps("environment.redeploy", "'environment':'eu','release':'1.0.0'", "New certificate");
        ofMaps("environment.redeploy", "'environment':'eu','release':'1.1.0'", "New certificate");
        ofMaps("release.deploy", "'release':'1.1.0','environment':'us'", "Go");
        ofMaps("release.deploy", "'release':'1.0.0','environment':'us'", "Go");
        ofMaps("release.deploy", "'release':'1.0.0','from':'us'", "Go");
        ofMaps("release.archive", "'release':'1.1.0'", "Too old");
        ofMaps("application.archive", "", "No more maps");
        ofMaps("release.undeploy", "'environment':'us'", "Empty it");
        ofMaps("release.undeploy", "'environment':'eu'", "Empty it");
    }

    private void archives() {
        create("2.0.0");
        annotate("2.0.0", "'notes':'A mistake'");
        ofMaps("release.delete", "'release':'2.0.0'", "Typo");
        ofMaps("release.archive", "'release':'1.1.0'", "Too old");
        ofMaps("release.deploy", "'release':'1.1.0','environment':'us'", "Go");
        ofMaps("release.unarchive", "'release':'1.1.0'", "Still asked for");
        ofMaps(
                "application.update",
                "'title':'Maps','description':'Where things are','owner':'Team Web','url':'https://wiki.example/maps'",
                "Catalogue");
        ofMaps("application.archive", "", "No more maps");
        create("3.0.0");
        ofMaps("application.unarchive", "", "Maps again");
    }

    private void lives() {
        create("4.0.0");
        create("4.1.0");
        create("4.2.0");
        for (String release : new String[] {"4.0.0", "4.1.0", "4.2.0"}) {
            annotate(release, "'notes':'Needs the new tiles'");
        }
        configure(
                "'policy':{'completion':'reported','timeout':'PT1H','reportEvery':'PT5M','whenBusy':'queue','maxQueued':2,'onFailure':'restore'}");
        ofMaps("release.deploy", "'release':'4.0.0','environment':'us'", "Go");
        report("in_progress", "'url':'https://ci.example/1','message':'1 of 3','at':'2026-01-31T12:00:00Z'");
        ofMaps("release.deploy", "'release':'4.0.0','environment':'us'", "Again");
        ofMaps("release.deploy", "'release':'4.1.0','environment':'us','ifBlocked':'reject'", "Now or never");
        ofMaps(
                "release.deploy",
                "'release':'4.1.0','environment':'us','notBefore':'2030-01-01T00:00:00Z','expiresAt':'2031-01-01T00:00:00Z'",
                "Later");
        ofMaps("release.deploy", "'release':'4.2.0','environment':'us','expiresAt':'2020-01-01T00:00:00Z'", "Too late");
        ofMaps("release.deploy", "'release':'4.2.0','environment':'us','dryRun':true", "What if");
        ofMaps("release.deploy", "'release':'4.2.0','environment':'us'", "Next");
        ofMaps("release.delete", "'release':'4.2.0'", "Not while it waits");
        ofMaps("release.delete", "'release':'4.2.0','dryRun':true", "What if");
        ofMaps("deployment.report", "'deployment':'" + waiting() + "','status':'succeeded'", "Not yet");
        report("succeeded", "'message':'3 of 3','at':'2026-01-31T12:10:00Z'");
        report("in_progress", "'message':'0 of 3'");
        report("failed", "'message':'0 of 3'");
        report("succeeded", "");
        configure("'policy':{'whenBusy':'reject','maxQueued':1,'onFailure':null}");
        ofMaps("environment.redeploy", "'environment':'us'", "New certificate");
        create("4.5.0");
        ofMaps("release.deploy", "'release':'4.5.0','environment':'us'", "Busy");
        ofMaps("deployment.cancel", "'deployment':'" + active() + "'", "Wrong certificate");
        report("errored", "");
        report("cancelled", "");
    }

    private void ends() {
        String ended = last;
        ofMaps("deployment.report", "'deployment':'" + ended + "','status':'succeeded'", "Too late");
        ofMaps("deployment.report", "'deployment':'00000000-0000-3000-8000-000000000000','status':'failed'", "Whose?");
        configure("'policy':{'whenBusy':'queue','maxQueued':1}");
        ofMaps("release.undeploy", "'environment':'us'", "Empty it");
        ofMaps("environment.redeploy", "'environment':'us'", "Behind it");
        ofMaps("release.deploy", "'release':'4.2.0','environment':'us'", "No room");
        report("cancelled", "");
        configure("'policy':{'whenBusy':'supersede'}");
        report("succeeded", "");
        create("4.3.0");
        annotate("4.3.0", "'notes':'Never gets there'");
        create("4.4.0");
        ofMaps("release.deploy", "'release':'4.5.0','environment':'us'", "Next");
        ofMaps("release.deploy", "'release':'4.3.0','environment':'us'", "Newer");
        ofMaps("release.deploy", "'release':'4.4.0','environment':'us'", "Newest");
        configure("'policy':{'whenBusy':'queue','maxQueued':5}");
        ofMaps("environment.redeploy", "'environment':'us'", "Behind it");
        report("succeeded", "");
        report("succeeded", "");
        ofMaps("release.undeploy", "'environment':'us'", "Empty it");
        report("succeeded", "");
        define(
                "{'id':'test'},{'id':'us'},{'id':'asia','policy':{'timeout':'PT1H','reportEvery':'PT5M','soakTime':'PT8H'}}",
                "Asia");
        define("{'id':'test'},{'id':'us'}", "No Asia");
        create("4.6.0");
        configure("'policy':{'soakTime':'PT8H'}");
        ofMaps("release.deploy", "'release':'4.6.0','environment':'us'", "After a night in test");
        rehearsal.at(Instant.parse("2030-01-01T00:00:00Z"));
        rehearsal.send("timer.due", "{'application':'maps'}");
    }

    private void configure(String fields) {
        ofMaps("environment.configure", "'environment':'us'," + fields, "Reported");
    }

    /** Reports on what is in progress in us. */
    private void report(String status, String fields) {
        last = active();
        ofMaps(
                "deployment.report",
                "'deployment':'" + last + "','status':'" + status + "'" + (fields.isEmpty() ? "" : "," + fields),
                "Seen");
    }

    private String active() {
        return rehearsal
                .latest(InMemoryWorker.TOPICS.deploymentStatus(), "maps/us")
                .path("active")
                .path("id")
                .asText(last);
    }

    /** The id of a deployment that waits in us. */
    private String waiting() {
        return rehearsal
                .latest(InMemoryWorker.TOPICS.deploymentStatus(), "maps/us")
                .path("waiting")
                .path(0)
                .path("id")
                .asText();
    }

    private void define(String environments, String reason) {
        ofMaps("pipeline.define", "'environments':[" + environments + "]", reason);
    }

    private void keep(String keep) {
        ofMaps(
                "pipeline.define",
                "'environments':[{'id':'test'},{'id':'qa'},{'id':'eu'},{'id':'us'},{'id':'world'}],'keep':" + keep,
                "Only the newest");
    }

    private void create(String release) {
        rehearsal.send(
                "release.create",
                CREATE.formatted(release)
                        .replace("'application':'shop'", "'application':'maps'")
                        .replace("'chainId'", "'labels':{'team':'web','cost-centre':'4711'},'chainId'"));
    }

    private void annotate(String release, String fields) {
        ofMaps("release.annotate", "'release':'" + release + "'," + fields, "Triage");
    }

    private void ofMaps(String type, String fields, String reason) {
        rehearsal.send(
                type,
                "{'application':'maps'," + fields + (fields.isEmpty() ? "" : ",") + "'actor':'urn:user:17','reason':'"
                        + reason + "'}");
    }

    private static Map<String, String> headers(String id, String type) {
        return Map.of(
                "ce_specversion", "1.0", "ce_id", id, "ce_source", "/ci", "ce_type", "dev.lockstep." + type + ".v1");
    }

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
