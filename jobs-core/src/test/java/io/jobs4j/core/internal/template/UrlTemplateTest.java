package io.jobs4j.core.internal.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.Job;
import io.jobs4j.core.wire.JobLinks;
import io.jobs4j.core.wire.SampleJobs;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlTemplateTest {
  private static final JobLinks LINKS = JobLinks.of(URI.create("https://api.example.com/jobs/v2"));
  private static final String ID = "0f8fad5b-d9cb-469f-a165-70867728950e";

  private static Job named(String name) {
    return SampleJobs.finished().toBuilder().set(Job.Field.NAME, name).build();
  }

  private static String resolve(String template, Job job) {
    return UrlTemplate.compile(template).resolve(job, "FINISHED", LINKS);
  }

  /** Tapis, "Job monitoring", "Webhooks". */
  @Test
  void resolvesTheDocumentedExamples() {
    Job job = named("a&b c");

    assertThat(resolve("http://example.com/?job_id=${JOB_ID}&job_status=${EVENT}", job))
        .isEqualTo("http://example.com/?job_id=" + ID + "&job_status=FINISHED");
    assertThat(resolve("http://example.com/trigger/job/${JOB_NAME}/${EVENT}", job))
        .isEqualTo("http://example.com/trigger/job/a%26b%20c/FINISHED");
    assertThat(
            resolve(
                "http://example.com/webhooks/?nonce=sdfkajerouiwe234289fahlkqr&id=${JOB_ID}"
                    + "&status=${EVENT}&start=${JOB_START_TIME}&end=${JOB_END_TIME}"
                    + "&url=${JOB_ARCHIVE_URL}",
                job))
        .isEqualTo(
            "http://example.com/webhooks/?nonce=sdfkajerouiwe234289fahlkqr&id="
                + ID
                + "&status=FINISHED&start=2026-01-02T03%3A06%3A00.000Z"
                + "&end=2026-01-02T04%3A06%3A00.000Z"
                + "&url=https%3A%2F%2Fapi.example.com%2Fjobs%2Fv2%2F"
                + ID
                + "%2Foutputs%2Flistings");
  }

  @ParameterizedTest
  @CsvSource({
    "UUID, 0f8fad5b-d9cb-469f-a165-70867728950e",
    "EVENT, RUNNING",
    "JOB_STATUS, FAILED",
    "JOB_URL, https://api.example.com/jobs/v2/0f8fad5b-d9cb-469f-a165-70867728950e",
    "JOB_ID, 0f8fad5b-d9cb-469f-a165-70867728950e",
    "JOB_SYSTEM, cluster",
    "JOB_NAME, count words",
    "JOB_START_TIME, 2026-01-02T03:06:00.000Z",
    "JOB_END_TIME, 2026-01-02T04:06:00.000Z",
    "JOB_SUBMIT_TIME, 2026-01-02T03:04:05.006Z",
    "JOB_ARCHIVE_PATH, alice/archive",
    "JOB_ARCHIVE_URL, "
        + "https://api.example.com/jobs/v2/0f8fad5b-d9cb-469f-a165-70867728950e/outputs/listings",
    "JOB_ERROR, Job failed",
    "OWNER, alice",
    "JOB_OWNER, alice",
    "JOB_TENANT, acme",
    "APP_ID, wordcount-1.0",
    "JOB_APP_ID, wordcount-1.0",
    "JOB_APPID, wordcount-1.0",
    "JOB_EXECUTION_SYSTEM, cluster",
    "JOB_BATCH_QUEUE, normal",
    "JOB_LOCAL_ID, 659413",
    "JOB_CREATED, 2026-01-02T03:04:06.000Z",
    "JOB_STARTTIME, 2026-01-02T03:06:00.000Z",
    "JOB_ENDTIME, 2026-01-02T04:06:00.000Z",
    "JOB_SUBMITTIME, 2026-01-02T03:04:05.006Z",
    "JOB_MAX_RUNTIME, 01:15:00",
    "JOB_MAX_RUNTIME_MILLISECONDS, 4500000",
    "JOB_MEMORY_PER_NODE, 1.5",
    "JOB_NODE_COUNT, 2",
    "JOB_PROCESSORS_PER_NODE, 16",
    "JOB_OUTPUT_PATH, alice/archive",
    "JOB_ARCHIVE, true",
    "JOB_ARCHIVE_SYSTEM, store",
    "JOB_ARCHIVEPATH, alice/archive",
    "JOB_ARCHIVEURL, "
        + "https://api.example.com/jobs/v2/0f8fad5b-d9cb-469f-a165-70867728950e/outputs/listings"
  })
  void eachVariableHasItsValue(TemplateVariable variable, String value) {
    Job failed =
        SampleJobs.finished().toBuilder()
            .set(Job.Field.STATUS, JobStatus.FAILED)
            .set(Job.Field.LAST_STATUS_MESSAGE, "Job failed")
            .build();

    String url =
        UrlTemplate.compile("http://h/?v=${" + variable + "}").resolve(failed, "RUNNING", LINKS);

    assertThat(decode(URI.create(url).getRawQuery().substring(2))).isEqualTo(value);
  }

  @ParameterizedTest
  @EnumSource(TemplateVariable.class)
  void everyVariableResolvesForAJobThatHasHardlyAnything(TemplateVariable variable) {
    String url =
        UrlTemplate.compile("http://h/a/${" + variable + "}/b?v=${" + variable + "}#${EVENT}")
            .resolve(SampleJobs.accepted(), "PENDING", null);

    assertThat(url).doesNotContain("null").doesNotContain("$");
    assertThat(URI.create(url).getHost()).isEqualTo("h");
  }

  @Test
  void whatAJobDoesNotHaveIsEmpty() {
    assertThat(
            UrlTemplate.compile("http://h/${JOB_ERROR}?u=${JOB_URL}&t=${JOB_END_TIME}&x")
                .resolve(SampleJobs.accepted(), "PENDING", null))
        .isEqualTo("http://h/?u=&t=&x");
  }

  @Test
  void onlyAFailedJobHasAnError() {
    assertThat(resolve("http://h/?e=${JOB_ERROR}", named("n"))).isEqualTo("http://h/?e=");
  }

  @Test
  void aValueIsNeverATemplate() {
    assertThat(resolve("http://h/${JOB_NAME}", named("${JOB_ID}$")))
        .isEqualTo("http://h/%24%7BJOB_ID%7D%24");
  }

  @Test
  void periodsDoNotLeadElsewhere() {
    assertThat(resolve("http://h/a/${JOB_NAME}/b?n=${JOB_NAME}", named("..")))
        .isEqualTo("http://h/a/%2E%2E/b?n=..");
    assertThat(resolve("http://h/a/${JOB_NAME}${JOB_NAME}/b", named(".")))
        .isEqualTo("http://h/a/%2E%2E/b");
  }

  @Test
  void lineBreaksAreEncoded() {
    assertThat(resolve("http://h/?n=${JOB_NAME}", named("a\r\nHost: b")))
        .isEqualTo("http://h/?n=a%0D%0AHost%3A%20b");
  }

  @Test
  void aDollarSignAloneIsOne() {
    assertThat(resolve("http://h/a$b/$?c=$$&d=$JOB_ID", named("n")))
        .isEqualTo("http://h/a$b/$?c=$$&d=$JOB_ID");
    assertThat(resolve("http://h/$${JOB_STATUS}", named("n"))).isEqualTo("http://h/$FINISHED");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://h/${",
        "http://h/${JOB_ID",
        "http://h/${}",
        "http://h/${JOB_ID}${",
        "http://h/${ JOB_ID }",
        "http://h/${job_id}",
        "http://h/${JOB_JSON}",
        "http://h/${${JOB_ID}}",
        "http://h/{JOB_ID}",
        "http://h/a b",
        "http://h/a\r\nb",
        "http://h/?a=\n",
        "http://",
        "http:///path",
        "http://?x",
        "http:",
        "ftp://h/${JOB_ID}",
        "${JOB_URL}",
        "",
        "nobody",
        "a@b@c",
        "a@b\r\nBcc: c@d",
        "a b@c.org",
        "${OWNER}@example.org",
        "alice@${JOB_SYSTEM}",
        "mailto:alice@example.org,bob@example.org"
      })
  void refusesWhatIsNoTemplate(String text) {
    assertThatThrownBy(() -> UrlTemplate.compile(text))
        .isInstanceOf(InvalidTemplateException.class)
        .hasMessageContaining("Invalid notification url \"" + text + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://${JOB_NAME}/x",
        "http://${JOB_NAME}.example.com/",
        "http://example.com${JOB_NAME}",
        "http://example.com${JOB_NAME}/x",
        "http://example.com:${JOB_NODE_COUNT}/",
        "http://${OWNER}@example.com/",
        "http://${OWNER}:x@example.com/",
        "https://example.com\\${JOB_NAME}/x"
      })
  void refusesVariablesThatCouldRedirectTheCall(String text) {
    assertThatThrownBy(() -> UrlTemplate.compile(text))
        .isInstanceOf(InvalidTemplateException.class)
        .hasMessageContaining("the user, host and port cannot hold a variable");
  }

  @Test
  void anUnknownNameIsAnsweredWithTheKnownOnes() {
    assertThatThrownBy(() -> UrlTemplate.compile("http://h/${JOBID}"))
        .isInstanceOf(InvalidTemplateException.class)
        .hasMessageContaining("there is no variable \"${JOBID}\"; valid names are UUID, EVENT, ")
        .hasMessageContaining("JOB_ARCHIVE_URL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice@example.org", "a.b+c@localhost", "$x{y}@h-1.example.org"})
  void eMailAddressesStayAsTheyAre(String address) {
    UrlTemplate template = UrlTemplate.compile(address);

    assertThat(template.isEmail()).isTrue();
    assertThat(template.resolve(named("n"), "FINISHED", null)).isEqualTo(address);
  }

  @Test
  void urlsAreNoEMailAddresses() {
    UrlTemplate template = UrlTemplate.compile("HTTPS://user:pw@example.com:8443/a?b#c");

    assertThat(template.isEmail()).isFalse();
    assertThat(template.text()).isEqualTo("HTTPS://user:pw@example.com:8443/a?b#c");
    assertThat(template.resolve(named("n"), "FINISHED", null)).isEqualTo(template.text());
  }

  @Test
  void noValueBreaksOutOfItsPlace() {
    UrlTemplate template =
        UrlTemplate.compile(
            "http://example.com:81/a/${JOB_NAME}/pre-${JOB_NAME}-post/c"
                + "?x=1&${JOB_NAME}=2&y=${JOB_NAME}&z=${EVENT}#f-${JOB_NAME}");
    long seed = 20260102;
    Random random = new Random(seed);
    for (int i = 0; i < 5000; i++) {
      String name = randomText(random);
      String event = randomText(random);
      String url = template.resolve(named(name), event, LINKS);
      String why = "seed " + seed + ", value " + i + ": \"" + name + "\", \"" + event + "\"";

      assertThat(url).as(why).doesNotContain("\r").doesNotContain("\n");
      URI uri = URI.create(url);
      assertThat(uri.getScheme()).as(why).isEqualTo("http");
      assertThat(uri.getRawAuthority()).as(why).isEqualTo("example.com:81");
      assertThat(uri.normalize()).as(why).isEqualTo(uri);
      assertThat(decoded(uri.getRawPath().split("/", -1)))
          .as(why)
          .containsExactly("", "a", name, "pre-" + name + "-post", "c");
      assertThat(
              List.of(uri.getRawQuery().split("&", -1)).stream()
                  .map(pair -> decoded(pair.split("=", -1)))
                  .toList())
          .as(why)
          .containsExactly(
              List.of("x", "1"), List.of(name, "2"), List.of("y", name), List.of("z", event));
      assertThat(decode(uri.getRawFragment())).as(why).isEqualTo("f-" + name);
    }
  }

  private static String randomText(Random random) {
    String special = "/?#&=+%$@:;,.\\\"'<>{}[]|^`~ \r\n\t\0\u007f\u0085\u00a0\u2028é漢";
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(12);
    while (text.length() < length) {
      switch (random.nextInt(5)) {
        case 0 -> text.append((char) ('a' + random.nextInt(26)));
        case 1, 2 -> text.append(special.charAt(random.nextInt(special.length())));
        case 3 -> text.append(random.nextBoolean() ? ".." : "${JOB_ID}");
        default -> {
          int codePoint = random.nextInt(Character.MAX_CODE_POINT + 1);
          if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
            text.appendCodePoint(codePoint);
          }
        }
      }
    }
    return text.toString();
  }

  private static List<String> decoded(String[] components) {
    return List.of(components).stream().map(UrlTemplateTest::decode).toList();
  }

  private static String decode(String component) {
    assertThat(component).doesNotContain("+");
    return URLDecoder.decode(component, StandardCharsets.UTF_8);
  }
}
