package io.jobs4j.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobs4j.core.lifecycle.JobEventName;
import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.HistoryEvent;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.model.SubmittedJob;
import io.jobs4j.core.model.TransferProgress;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobJsonTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

  private final JobJson plain = new JobJson();
  private final JobJson linked =
      new JobJson(JobLinks.of(URI.create("https://api.example.com/jobs/v2/")));

  @Test
  void aJobIsTheSameAfterARoundTrip() {
    Job finished = SampleJobs.finished();
    Job accepted = SampleJobs.accepted();

    assertThat(plain.readJob(plain.write(finished))).isEqualTo(finished);
    assertThat(linked.readJob(linked.write(finished))).isEqualTo(finished);
    assertThat(plain.readJob(plain.write(accepted))).isEqualTo(accepted);
    assertThat(plain.readJobs(plain.writeJobs(List.of(finished, accepted))))
        .containsExactly(finished, accepted);
    assertThat(new ArrayList<>(plain.readJob(plain.write(finished)).parameters().keySet()))
        .containsExactly("z", "a", "m", "n");
  }

  /** Jobs of other services may have one. */
  @Test
  void theFurtherIdOfTheSchedulerIsReadAndWritten() {
    String none = plain.write(SampleJobs.finished());
    String some = none.replace("\"schedulerJobId\":null", "\"schedulerJobId\":\"s-1\"");
    Job job = plain.readJob(some);

    assertThat(plain.readJob(none).schedulerJobId()).isNull();
    assertThat(job.schedulerJobId()).isEqualTo("s-1");
    assertThat(plain.write(job)).isEqualTo(some);
  }

  @Test
  void aJobHasTheNamesOfAloeAndThoseOfAgave() throws Exception {
    JsonNode json = MAPPER.readTree(plain.write(SampleJobs.finished()));

    assertThat(json.properties())
        .extracting(field -> field.getKey() + "=" + field.getValue())
        .containsExactly(
            "id=\"" + ID + "\"",
            "name=\"count words\"",
            "tenantId=\"acme\"",
            "tenantQueue=\"aloe.jobq.acme.submit.DefaultQueue\"",
            "status=\"FINISHED\"",
            "lastStatusMessage=\"Job completed successfully.\"",
            "accepted=\"2026-01-02T03:04:05.006Z\"",
            "created=\"2026-01-02T03:04:06.000Z\"",
            "ended=\"2026-01-02T05:00:00.123Z\"",
            "lastUpdated=\"2026-01-02T05:00:00.123Z\"",
            "owner=\"alice\"",
            "roles=\"admin,staff\"",
            "systemId=\"cluster\"",
            "appId=\"wordcount-1.0\"",
            "appUuid=\"7c9e6679-7425-40de-944b-e07fc1f90ae7\"",
            "workPath=\"/scratch/alice/job-1\"",
            "archive=true",
            "archiveOnAppError=true",
            "archivePath=\"alice/archive\"",
            "archiveSystem=\"store\"",
            "nodeCount=2",
            "processorsPerNode=16",
            "memoryPerNode=1.5",
            "maxHours=1.25",
            "inputs={\"z\":[\"b\",\"a\"],\"a\":[\"one\"]}",
            "parameters={\"z\":1,\"a\":[\"x\",2.5,true],\"m\":\"text\",\"n\":0.1}",
            "remoteJobId=\"659413\"",
            "schedulerJobId=null",
            "remoteQueue=\"normal\"",
            "remoteSubmitted=\"2026-01-02T03:05:00.000Z\"",
            "remoteStarted=\"2026-01-02T03:06:00.000Z\"",
            "remoteEnded=\"2026-01-02T04:06:00.000Z\"",
            "remoteOutcome=\"FINISHED\"",
            "submitRetries=1",
            "remoteStatusChecks=12",
            "failedStatusChecks=3",
            "lastStatusCheck=\"2026-01-02T04:06:01.000Z\"",
            "blockedCount=4",
            "visible=false",
            "conditionCode=\"NORMAL_COMPLETION\"",
            "executionSystem=\"cluster\"",
            "batchQueue=\"normal\"",
            "maxRunTime=\"01:15:00\"",
            "retries=1",
            "localId=\"659413\"",
            "submitTime=\"2026-01-02T03:05:00.000Z\"",
            "startTime=\"2026-01-02T03:06:00.000Z\"",
            "endTime=\"2026-01-02T05:00:00.123Z\"",
            "outputPath=\"alice/archive\"");
  }

  @Test
  void linksAreThoseOfTheDocuments() throws Exception {
    JsonNode links = MAPPER.readTree(linked.write(SampleJobs.finished())).get("_links");

    assertThat(links.properties())
        .extracting(link -> entry(link.getKey(), link.getValue().get("href").textValue()))
        .containsExactly(
            entry("self", "https://api.example.com/jobs/v2/" + ID),
            entry("app", "https://api.example.com/apps/v2/wordcount-1.0"),
            entry("executionSystem", "https://api.example.com/systems/v2/cluster"),
            entry("archiveSystem", "https://api.example.com/systems/v2/store"),
            entry("archiveData", "https://api.example.com/jobs/v2/" + ID + "/outputs/listings"),
            entry("owner", "https://api.example.com/profiles/v2/alice"),
            entry("permissions", "https://api.example.com/jobs/v2/" + ID + "/pems"),
            entry("history", "https://api.example.com/jobs/v2/" + ID + "/history"),
            entry(
                "metadata",
                "https://api.example.com/meta/v2/data/?q=%7B%22associationIds%22%3A%22"
                    + ID
                    + "%22%7D"),
            entry(
                "notifications", "https://api.example.com/notifications/v2/?associatedUuid=" + ID));
  }

  @Test
  void nothingLinksBesideAJobsServiceThatIsElsewhere() throws Exception {
    JobJson elsewhere = new JobJson(JobLinks.of(URI.create("http://localhost:8080/batch")));

    JsonNode links = MAPPER.readTree(elsewhere.write(SampleJobs.finished())).get("_links");

    assertThat(links.properties())
        .extracting(link -> link.getKey())
        .containsExactly("self", "archiveData", "permissions", "history");
    assertThat(links.get("self").get("href").textValue())
        .isEqualTo("http://localhost:8080/batch/" + ID);
  }

  @Test
  void aBaseUrlMustBeOne() {
    for (String url :
        List.of("/jobs/v2", "ftp://h/jobs/v2", "http://h/jobs?x", "http://h/#a", "http://u:p@h/")) {
      assertThatThrownBy(() -> JobLinks.of(URI.create(url)))
          .as(url)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("absolute http or https URL");
    }
  }

  @Test
  void theAnswerToASubmissionHasAllFieldsOfTheTable() throws Exception {
    SubmittedJob submitted = SubmittedJob.of(SampleJobs.accepted());

    JsonNode json = MAPPER.readTree(linked.write(submitted));

    for (String unprocessed :
        List.of(
            "created",
            "ended",
            "systemId",
            "workPath",
            "remoteJobId",
            "schedulerJobId",
            "remoteQueue",
            "remoteSubmitted",
            "remoteStarted",
            "remoteEnded",
            "remoteOutcome",
            "lastStatusCheck")) {
      assertThat(json.has(unprocessed)).as(unprocessed).isTrue();
      assertThat(json.get(unprocessed).isNull()).as(unprocessed).isTrue();
    }
    for (String counted :
        List.of(
            "memoryPerNode",
            "maxHours",
            "submitRetries",
            "remoteStatusChecks",
            "failedStatusChecks",
            "blockedCount")) {
      assertThat(json.get(counted).asDouble(-1)).as(counted).isZero();
    }
    assertThat(json.get("nodeCount").intValue()).isEqualTo(1);
    assertThat(json.get("processorsPerNode").intValue()).isEqualTo(1);
    assertThat(json.get("visible").booleanValue()).isTrue();
    assertThat(json.get("status").textValue()).isEqualTo("ACCEPTED");
    assertThat(json.get("_links").has("self")).isTrue();
    assertThat(json.get("_links").has("executionSystem")).isFalse();
    assertThat(plain.readSubmittedJob(linked.write(submitted))).isEqualTo(submitted);
    assertThat(MAPPER.readTree(plain.write(submitted)).has("_links")).isFalse();
  }

  @Test
  void summariesAreShort() throws Exception {
    Job job = SampleJobs.finished();

    assertThat(MAPPER.readTree(linked.writeSummaries(List.of(job))).get(0).toString())
        .isEqualTo(
            ("{'id':'ID','name':'count words','owner':'alice','executionSystem':'cluster',"
                    + "'appId':'wordcount-1.0','created':'2026-01-02T03:04:06.000Z',"
                    + "'status':'FINISHED','startTime':'2026-01-02T03:06:00.000Z',"
                    + "'endTime':'2026-01-02T05:00:00.123Z',"
                    + "'_links':{'self':{'href':'https://api.example.com/jobs/v2/ID'},"
                    + "'archiveData':{'href':"
                    + "'https://api.example.com/jobs/v2/ID/outputs/listings'}}}")
                .replace('\'', '"')
                .replace("ID", ID));
  }

  /** Tapis, "Job monitoring", "Polling", with a value in place of each variable. */
  @Test
  void readsTheDocumentedJob() {
    Job job =
        plain.readJob(
            """
            {
            "id" : "462259152402771480-242ac113-0001-007",
            "name" : "alice-samtools-1.0",
            "owner" : "alice",
            "appId" : "samtools-1.0",
            "executionSystem" : "stampede",
            "batchQueue": "normal",
            "nodeCount": 1,
            "processorsPerNode": 16,
            "memoryPerNode": 32,
            "maxRunTime": "01:00:00",
            "archive": false,
            "retries": 0,
            "localId": "659413",
            "created": "2018-01-26T15:08:02.000-06:00",
            "lastUpdated": "2018-01-26T15:09:55.000-06:00",
            "outputPath": "alice/462259152402771480-242ac113-0001-007-samtools-1.0",
            "status": "FINISHED",
            "submitTime": "2018-01-26T15:09:45.000-06:00",
            "startTime": "2018-01-26T15:09:53.000-06:00",
            "endTime": "2018-01-26T15:09:55.000-06:00",
            "inputs": {
              "inputBam": [
                "agave://data.iplantcollaborative.org/shared/example_data/ex1.bam"
              ]
            },
            "parameters": {
              "nameSort": true,
              "maxMemSort": 800000000
            },
            "_links": {
              "self": {
                "href": "https://api.tacc.utexas.edu/jobs/v2/462259152402771480-242ac113-0001-007"
              }
            }
            }
            """);

    assertThat(job.systemId()).isEqualTo("stampede");
    assertThat(job.remoteQueue()).isEqualTo("normal");
    assertThat(job.maxHours()).isEqualTo(1.0);
    assertThat(job.memoryPerNode()).isEqualTo(32.0);
    assertThat(job.remoteJobId()).isEqualTo("659413");
    assertThat(job.accepted()).isEqualTo("2018-01-26T21:08:02Z");
    assertThat(job.created()).isEqualTo("2018-01-26T21:08:02Z");
    assertThat(job.remoteSubmitted()).isEqualTo("2018-01-26T21:09:45Z");
    assertThat(job.remoteStarted()).isEqualTo("2018-01-26T21:09:53Z");
    assertThat(job.ended()).isEqualTo("2018-01-26T21:09:55Z");
    assertThat(job.workPath()).startsWith("alice/4622");
    assertThat(job.archivePath()).isNull();
    assertThat(job.inputs())
        .containsExactly(
            entry(
                "inputBam",
                List.of("agave://data.iplantcollaborative.org/shared/example_data/ex1.bam")));
    assertThat(job.parameters())
        .containsExactly(entry("nameSort", true), entry("maxMemSort", 800000000L));
    assertThat(plain.readJob(plain.write(job))).isEqualTo(job);
  }

  @Test
  void olderNamesCountWhereThoseOfAloeAreMissingOrNull() {
    Job job = SampleJobs.finished();
    String json = plain.write(job).replaceFirst("\\{", "{\"x\":{\"id\":7},");

    assertThat(plain.readJob(json.replace("\"localId\":\"659413\"", "\"localId\":\"7\"")))
        .isEqualTo(job);
    assertThat(plain.readJob(json.replace("\"systemId\":\"cluster\"", "\"systemId\":null")))
        .isEqualTo(job);
    for (String name :
        List.of(
            "systemId",
            "ended",
            "remoteJobId",
            "remoteQueue",
            "remoteSubmitted",
            "remoteStarted",
            "submitRetries")) {
      assertThat(plain.readJob(json.replace("\"" + name + "\":", "\"other\":")))
          .as(name)
          .isEqualTo(job);
    }
    assertThatThrownBy(
            () ->
                plain.readJob(
                    json.replace("ystem\":\"cluster", "ystem_\":\"cluster")
                        .replace("\"systemId\":", "\"other\":")))
        .hasMessage("job has no field systemId or executionSystem");
  }

  /** Tapis, "Job monitoring", "Polling". */
  @Test
  void readsTheDocumentedHistoryAndWritesItInTheSameForm() throws Exception {
    String documented =
        """
        [
          {
            "created":"2014-10-24T04:47:45.000-05:00",
            "status":"PENDING",
            "description":"Job accepted and queued for submission."
          },
          {
            "progress":{
              "averageRate":0,
              "totalFiles":1,
              "source":"agave://store/alice/inputs/pyplot/testdata.csv",
              "totalActiveTransfers":0,
              "totalBytes":3212,
              "totalBytesTransferred":3212
            },
            "created":"2014-10-24T04:47:48.000-05:00",
            "status":"STAGING_INPUTS",
            "description":"Copy in progress"
          },
          {
            "created":"2014-10-24T04:48:12.000-05:00",
            "status":"CLEANING_UP"
          }
        ]
        """;

    List<HistoryEvent> history = plain.readHistory(documented);

    assertThat(history)
        .containsExactly(
            new HistoryEvent(
                1,
                Instant.parse("2014-10-24T09:47:45Z"),
                JobEventName.PENDING,
                "Job accepted and queued for submission.",
                null,
                null),
            new HistoryEvent(
                2,
                Instant.parse("2014-10-24T09:47:48Z"),
                JobEventName.STAGING_INPUTS,
                "Copy in progress",
                null,
                new TransferProgress(
                    0, 1, "agave://store/alice/inputs/pyplot/testdata.csv", 0, 3212, 3212)),
            new HistoryEvent(
                3,
                Instant.parse("2014-10-24T09:48:12Z"),
                JobEventName.CLEANING_UP,
                "",
                null,
                null));
    JsonNode written = MAPPER.readTree(plain.writeHistory(history));
    assertThat(written.get(1).get("progress"))
        .isEqualTo(MAPPER.readTree(documented).get(1).get("progress"));
    assertThat(written.get(0).properties())
        .extracting(field -> field.getKey())
        .containsExactly("created", "status", "description", "sequence");
    assertThat(written.get(0).get("created").textValue()).isEqualTo("2014-10-24T09:47:45.000Z");
    assertThat(plain.readHistory(plain.writeHistory(history))).isEqualTo(history);
  }

  @Test
  void aHistoryEventKeepsItsNumberAndItsAuthor() {
    HistoryEvent event =
        new HistoryEvent(
            41, Instant.parse("2026-01-02T03:04:05.678Z"), JobEventName.UPDATED, "d", "bob", null);

    assertThat(plain.write(event))
        .isEqualTo(
            "{\"created\":\"2026-01-02T03:04:05.678Z\",\"status\":\"UPDATED\","
                + "\"description\":\"d\",\"createdBy\":\"bob\",\"sequence\":41}");
    assertThat(plain.readHistoryEvent(plain.write(event))).isEqualTo(event);
    assertThat(plain.readHistory("[" + plain.write(event) + "]")).containsExactly(event);
  }

  @Test
  void readsStatesThatOnlyAgaveHad() {
    String json = plain.write(SampleJobs.finished());

    assertThat(plain.readJob(json.replace("\"status\":\"FINISHED\"", "\"status\":\"KILLED\"")))
        .extracting(Job::status)
        .isEqualTo(JobStatus.STOPPED);
  }

  @Test
  void errorsNameTheFieldAndWhatWouldBeRight() {
    String json = plain.write(SampleJobs.finished());

    assertThatThrownBy(() -> plain.readJob("{\"id\":\"x\"}"))
        .isInstanceOf(WireFormatException.class)
        .hasMessage("job has no field name");
    assertThatThrownBy(() -> plain.readJob(json.replace("\"FINISHED\"", "\"DONE\"")))
        .isInstanceOf(WireFormatException.class)
        .hasMessageStartingWith("job.status is \"DONE\"; it must be one of ACCEPTED, PENDING");
    assertThatThrownBy(() -> plain.readJob(json.replace("\"nodeCount\":2", "\"nodeCount\":2.5")))
        .isInstanceOf(WireFormatException.class)
        .hasMessage("job.nodeCount must be a whole number");
    assertThatThrownBy(
            () -> plain.readJob(json.replace("2026-01-02T03:04:05.006Z", "2026-01-02 03:04")))
        .isInstanceOf(WireFormatException.class)
        .hasMessageStartingWith("job.accepted: \"2026-01-02 03:04\" is not an ISO 8601 time");
    assertThatThrownBy(() -> plain.readJobs("[1]"))
        .isInstanceOf(WireFormatException.class)
        .hasMessage("jobs[0] must be a JSON object");
  }

  @Test
  void whatAJobWaitsForIsWrittenIfItWaits() throws Exception {
    Job waiting =
        SampleJobs.finished().toBuilder()
            .set(Job.Field.REMOTE_REASON, "Resources")
            .set(Job.Field.BLOCKED_ON, "SERVICE_UNAVAILABLE")
            .set(Job.Field.NEXT_ATTEMPT, Instant.parse("2026-01-02T03:04:05.678Z"))
            .build();

    JsonNode json = MAPPER.readTree(plain.write(waiting));
    assertThat(json.get("remoteReason").textValue()).isEqualTo("Resources");
    assertThat(json.get("blockedOn").textValue()).isEqualTo("SERVICE_UNAVAILABLE");
    assertThat(json.get("nextAttempt").textValue()).isEqualTo("2026-01-02T03:04:05.678Z");
    assertThat(plain.readJob(plain.write(waiting))).isEqualTo(waiting);
  }

  @Test
  void noLimitOfTheRunTimeIsNoRunTime() throws Exception {
    Job job = SampleJobs.finished().toBuilder().set(Job.Field.MAX_HOURS, 0.0).build();

    assertThat(MAPPER.readTree(plain.write(job)).get("maxRunTime").isNull()).isTrue();
  }
}
