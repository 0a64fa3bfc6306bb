package io.jobs4j.core.internal.validation;

import static io.jobs4j.core.internal.validation.Fixture.ALICE;
import static io.jobs4j.core.internal.validation.Fixture.JOB;
import static io.jobs4j.core.internal.validation.Fixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobs4j.core.model.App;
import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import io.jobs4j.core.model.JobRequest;
import io.jobs4j.core.model.Memory;
import io.jobs4j.core.model.NotificationRequest;
import io.jobs4j.core.model.RunTimes;
import io.jobs4j.core.request.InvalidRequestException;
import io.jobs4j.core.request.Problem;
import io.jobs4j.core.request.ValidationOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestValidatorTest {
  private static final String SAMPLE =
      """
      {"name": "helloworld", "appId": "wc-1.0", "memoryPerNode": "1", "archive": false,
       "parameters": {"command": ["ls -l"]}}""";

  private final Fixture fixture = new Fixture();

  @Test
  void theSampleRequestIsAccepted() {
    fixture.parameters.add(Fixture.parameter("command", AppParameter.Type.STRING));
    ValidatedRequest valid = fixture.accepts(SAMPLE);
    assertThat(valid.name()).isEqualTo("helloworld");
    assertThat(valid.app().id()).isEqualTo("wc-1.0");
    assertThat(valid.executionSystem().id()).isEqualTo("cluster");
    assertThat(valid.queue()).isNull();
    assertThat(valid.nodeCount()).isEqualTo(1);
    assertThat(valid.processorsPerNode()).isEqualTo(1);
    assertThat(valid.memoryPerNode()).isEqualTo(new Memory(1));
    assertThat(valid.maxRunTime()).isEqualTo(Duration.ZERO);
    assertThat(valid.archive()).isFalse();
    assertThat(valid.archiveOnAppError()).isFalse();
    assertThat(valid.archivePath()).isNull();
    assertThat(valid.archiveSystem()).isNull();
    assertThat(valid.parameters()).isEqualTo(Map.of("command", List.of("ls -l")));
  }

  @Test
  void fiveMistakesGiveFiveProblems() {
    List<Problem> problems =
        fixture.refuses(
            """
            {"name": "", "appId": "wc-1.0", "memoryPerNode": 4, "nodeCount": 0,
             "colour": "red", "maxRunTime": "1h"}""");
    assertThat(problems)
        .extracting(Problem::field)
        .containsExactlyInAnyOrder("name", "memoryPerNode", "nodeCount", "colour", "maxRunTime");
  }

  @Test
  void theMessageHasOneLinePerProblemBeginningWithTheField() {
    InvalidRequestException thrown =
        new InvalidRequestException(
            List.of(
                new Problem("nodeCount", "0", "must be at least 1."),
                new Problem("name", null, "is required\nnow.")));
    assertThat(thrown)
        .hasMessage("nodeCount: must be at least 1. (given: \"0\")\nname: is required\\u000anow.");
  }

  @Test
  void secretsOfUrlsAreNotShown() {
    Problem problem =
        new Problem(
            "notifications[0].url",
            "ftp://alice:s3cret@host/x?token=abc",
            "no: https://bob:p@ss/w@host/ and \"https://h/?api_key=abc&x=1\"");
    assertThat(problem.toString()).doesNotContain("s3cret", "abc", "p@ss", "ss/w").contains("x=1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "executionSystem|\"executionSystem\": \"cluster\"|choose the application with appId",
        "archivePath|\"archive\": true|archivePath is required when archive is true; it can be an"
            + " empty string",
        "memoryPerNode|\"memoryPerNode\": 4|must be a string with a number and an optional unit in"
            + " suffix",
        "parameter|\"parameter\": {}|use parameters",
        "jobName|\"jobName\": \"x\"|use name",
        "parameters.count|\"parameters\": {\"count\": \"many\"}|expected type number and actual"
            + " type string",
        "inputs.text|\"inputs\": {\"text\": 5}|is not a string or array of strings",
        "notifications|\"notifications\": \"http://h/\"|must be an array of objects",
        "processorsPerNode|\"nodeCount\": 2, \"processorsPerNode\": 3|does not evenly divide the"
            + " \"nodeCount\" value of 2",
        "nodeCount|\"nodeCount\": \"2\"|must be an integer, not a string",
        "nodeCount|\"nodeCount\": 2.5|must be an integer",
        "nodeCount|\"nodeCount\": 99999999999|must be an integer",
        "archive|\"archive\": \"true\"|must be a boolean",
        "batchQueue|\"batchQueue\": null|must be a string, not null",
        "colour|\"colour\": 1|those are name, appId",
        "name|\"name\": \"other\"|more than once",
        "processorOnEachNode|\"processorOnEachNode\": 2, \"processorsOnEachNode\": 3|differs",
        "notifications[0].foo|\"notifications\": [{\"event\": \"*\", \"url\": \"http://h/\","
            + " \"foo\": 1}]|is not a parameter of notifications; those are event, url, persistent",
        "notifications[0].persistent|\"notifications\": [{\"event\": \"*\", \"url\": \"http://h/\","
            + " \"persistent\": 1}]|must be a boolean",
        "notifications[0].url|\"notifications\": [{\"event\": \"*\"}]|is required",
        "notifications[0]|\"notifications\": [7]|must be an object",
      })
  void eachGotchaHasItsOwnError(String field, String json, String message) {
    fixture.parameters.add(Fixture.parameter("count", AppParameter.Type.NUMBER));
    fixture.inputs.add(Fixture.input("text", false));
    assertThat(fixture.refusesFor(field, "{\"name\": \"n\", \"appId\": \"wc-1.0\", " + json + "}"))
        .contains(message);
  }

  @Test
  void aLegacyNameIsOneProblemNotTwo() {
    assertThat(fixture.refusesFor("jobName", "{\"jobName\": \"n\", \"appId\": \"wc-1.0\"}"))
        .contains("use name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"processorOnEachNode", "processorsOnEachNode"})
  void bothSpellingsOfProcessorsAreUnderstood(String key) {
    assertThat(
            fixture
                .accepts("{\"name\": \"n\", \"appId\": \"wc-1.0\", \"" + key + "\": 4}")
                .processorsPerNode())
        .isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "null",
        "[]",
        "\"text\"",
        "5",
        "{",
        "{\"name\": }",
        "{\"name\": 'n'}",
        "{\"name\": \"n\"} {}",
        "{\"name\": \"n\"} x",
        "{\"nodeCount\": NaN}",
        "{\"nodeCount\": 01}",
        "{\"nodeCount\": 1e99999999999999}",
        "{/* */}",
        "\u0000",
      })
  void whatIsNoJsonObjectIsOneProblem(String json) {
    assertThat(fixture.refusesFor("request", json)).isNotBlank();
  }

  @Test
  void deepOrLongTextIsOneProblem() {
    assertThat(fixture.refusesFor("request", "{\"inputs\":" + "[".repeat(100_000)))
        .contains("nested too deeply");
    assertThat(fixture.refusesFor("request", "{\"parameters\": 1" + "0".repeat(2000) + "}"))
        .contains("too long");
    assertThat(fixture.refusesFor("request", " ".repeat(2_000_000)))
        .contains("at most 1048576 characters");
  }

  @Test
  void manyProblemsStayBounded() {
    StringBuilder json = new StringBuilder("{\"name\": \"n\"");
    for (int i = 0; i < 20_000; i++) {
      json.append(",\"k").append(i).append("\":1");
    }
    assertThat(fixture.refuses(json.append("}").toString())).hasSize(1000);
  }

  @ParameterizedTest
  @CsvSource({
    "name, 64",
    "appId, 80",
    "batchQueue, 255",
    "memoryPerNode, 32",
    "maxRunTime, 20",
    "archivePath, 255",
    "archiveSystem, 64"
  })
  void textsHaveTheLimitsOfTheDocument(String field, int limit) {
    String json =
        "{\"name\": \"n\", \"appId\": \"wc-1.0\"}"
            .replaceFirst("\"" + field + "\": \"[^\"]*\"(, )?", "")
            .replaceFirst("\\{", "{\"" + field + "\": \"" + "9".repeat(limit + 1) + "\", ")
            .replace(", }", "}");
    assertThat(fixture.refusesFor(field, json))
        .isEqualTo("must have at most %d characters, but has %d.".formatted(limit, limit + 1));
    String longest = json.replace("9".repeat(limit + 1), "9".repeat(limit));
    String answer = "";
    try {
      fixture.accepts(longest);
    } catch (InvalidRequestException e) {
      answer = e.getMessage();
    }
    assertThat(answer).doesNotContain("at most " + limit);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u0000b", "a\nb", "\u001b[31m", "a\ud800"})
  void controlCharactersAreRefused(String hostile) {
    for (String field : List.of("name", "appId", "batchQueue", "archivePath", "archiveSystem")) {
      JobRequest.Builder request = request();
      switch (field) {
        case "name" -> request.name(hostile);
        case "appId" -> request.appId(hostile);
        case "batchQueue" -> request.batchQueue(hostile);
        case "archivePath" -> request.archivePath(hostile);
        default -> request.archiveSystem(hostile);
      }
      List<Problem> problems = fixture.refuses(request);
      assertThat(problems).extracting(Problem::field).containsExactly(field);
      assertThat(problems.get(0).toString()).matches("[\\x20-\\x7e]*");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"~/results", "$HOME/results", "${JOB_ID}"})
  void anArchivePathIsTakenAsItStands(String path) {
    assertThat(fixture.refusesFor("archivePath", request().archive(true).archivePath(path)))
        .isEqualTo(
            "must be the path itself, since no shell expands \"~\" or variables in it: an absolute"
                + " path, or one that is relative to the archive system's homeDir.");
  }

  @Test
  void anApplicationMustExistAndBeThereForTheCaller() {
    assertThat(fixture.refusesFor("appId", JobRequest.builder("n", "wc")))
        .isEqualTo(
            "Application ID \"wc\" does not conform to the required format of a name and version"
                + " separated by a hyphen. eg. example-1.0.");
    assertThat(fixture.refusesFor("appId", JobRequest.builder("n", "wc-")))
        .contains("separated by a hyphen");
    assertThat(fixture.refusesFor("appId", JobRequest.builder("n", "wc-2.0")))
        .contains("does not exist");
    assertThat(fixture.refusesFor("appId", JobRequest.builder().name("n"))).contains("required");
    fixture.appAvailable = false;
    assertThat(fixture.refusesFor("appId", request())).contains("not available");
    fixture.appAvailable = true;
    fixture.appPublic = false;
    assertThat(fixture.refusesFor("appId", request())).contains("permission");
    fixture.appPublic = true;
    fixture.systemAvailable = false;
    assertThat(fixture.refusesFor("appId", request()))
        .contains("Execution system \"cluster\"")
        .contains("not available");
  }

  @Test
  void aTotalOfProcessorsIsDividedByTheNodes() {
    assertThat(fixture.accepts(request().nodeCount(4).processorsPerNode(8)).processorsPerNode())
        .isEqualTo(2);
    fixture.defaultNodes = 2;
    assertThat(fixture.accepts(request().processorsPerNode(8)).processorsPerNode()).isEqualTo(4);
    assertThat(fixture.refusesFor("processorsPerNode", request().processorsPerNode(3)))
        .startsWith(
            "The deprecated \"processorsPerNode\" parameter was set to 3 which does not evenly"
                + " divide the \"nodeCount\" value of 2.");
    assertThat(
            fixture.refusesFor(
                "processorsPerNode", request().processorsPerNode(8).processorsOnEachNode(3)))
        .contains("contradicts");
    assertThat(
            fixture
                .accepts(request().processorsPerNode(8).processorsOnEachNode(4))
                .processorsPerNode())
        .isEqualTo(4);
  }

  @Test
  void aThreadedApplicationMayHaveSeveralProcessors() {
    fixture.parallelism = App.Parallelism.PTHREAD;
    assertThat(fixture.accepts(request().processorsOnEachNode(8)).processorsPerNode()).isEqualTo(8);
  }

  @Test
  void defaultsOfTheApplicationFillTheGaps() {
    fixture.defaultNodes = 3;
    fixture.defaultProcessors = 5;
    fixture.defaultMemory = new Memory(7.5);
    fixture.defaultRunTime = Duration.ofHours(100).plusSeconds(1);
    ValidatedRequest valid = fixture.accepts(request());
    assertThat(valid.nodeCount()).isEqualTo(3);
    assertThat(valid.processorsPerNode()).isEqualTo(5);
    assertThat(valid.memoryPerNode()).isEqualTo(new Memory(7.5));
    assertThat(valid.maxRunTime()).isEqualTo(Duration.ofHours(100).plusSeconds(1));
  }

  @Test
  void anApplicationHasNoDefaultThatARequestCouldNotHave() {
    for (Duration wrong : List.of(Duration.ofSeconds(-1), RunTimes.LONGEST.plusSeconds(1))) {
      fixture.defaultRunTime = wrong;
      assertThatThrownBy(() -> fixture.accepts(request()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("defaultMaxRunTime " + wrong);
    }
    fixture.defaultRunTime = Duration.ZERO;
    assertThat(fixture.accepts(request()).maxRunTime()).isEqualTo(Duration.ZERO);
  }

  @Test
  void archivingWithoutAPathGetsTheDefaultPath() {
    for (String path : new String[] {null, ""}) {
      ValidatedRequest valid = fixture.accepts(request().archive(true).archivePath(path));
      assertThat(valid.archivePath()).isEqualTo("alice/archive/jobs/job-" + JOB);
      assertThat(valid.archiveSystem()).isEqualTo("data");
    }
  }

  @Test
  void theArchiveSystemMustExist() {
    assertThat(
            fixture
                .accepts(request().archive(true).archiveSystem("tape").archivePath("/a/b"))
                .archiveSystem())
        .isEqualTo("tape");
    assertThat(fixture.refusesFor("archiveSystem", request().archiveSystem("moon")))
        .contains("does not exist");
    assertThat(fixture.refusesFor("archiveSystem", request().archiveSystem("broken")))
        .contains("not available");
    fixture.defaultStorage = null;
    assertThat(fixture.accepts(request().archive(true)).archiveSystem()).isEqualTo("cluster");
    fixture.storages.remove("data");
    fixture.defaultStorage = "broken";
    assertThat(fixture.accepts(request().archive(true)).archiveSystem()).isEqualTo("cluster");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/../../b", "/..", "a/.."})
  void anArchivePathStaysInside(String path) {
    assertThat(fixture.refusesFor("archivePath", request().archive(true).archivePath(path)))
        .contains("\"..\"");
  }

  @Test
  void theOptionsDecideWhatARequestThatSaysNothingMeans() {
    fixture.options =
        ValidationOptions.defaults()
            .withArchiveByDefault(true)
            .withArchiveOnAppErrorByDefault(true);
    ValidatedRequest valid = fixture.accepts("{\"name\": \"n\", \"appId\": \"wc-1.0\"}");
    assertThat(valid.archive()).isTrue();
    assertThat(valid.archiveOnAppError()).isTrue();
    assertThat(valid.archivePath()).endsWith(JOB);
    assertThat(fixture.accepts(request().archive(false).archiveOnAppError(false)).archive())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://h/",
        "HTTPS://hooks.example.org:8443/a?job=${JOB_ID}&e=${EVENT}",
        "https://example.org/${JOB_NAME}",
        "alice@example.org",
        "a.b+c@localhost"
      })
  void notificationsGoToUrlsAndAddresses(String url) {
    assertThat(fixture.accepts(request().notification("FINISHED", url)).notifications())
        .containsExactly(new NotificationRequest("FINISHED", url, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://h/",
        "http:///x",
        "/relative",
        "http://a b/",
        "alice",
        "-o@example.org",
        "a@b@c",
        "a@b\r\nBcc: x@y",
        "http://h/\r\nX: y",
        "javascript:alert(1)",
        "http://h:99999/",
        ""
      })
  void otherTargetsAreRefused(String url) {
    assertThat(fixture.refusesFor("notifications[0].url", request().notification("*", url)))
        .isNotBlank();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "FINISHED", "running", "KILLED", "HEARTBEAT", "CREATED"})
  void knownEventsMayBeSubscribedTo(String event) {
    assertThat(fixture.accepts(request().notification(event, "http://h/")).notifications())
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "DONE", "FINISHED,FAILED", "FINISHEDFINISHEDFINISHEDFINISHEDF"})
  void unknownEventsAreRefused(String event) {
    assertThat(
            fixture.refusesFor(
                "notifications[0].event", request().notification(event, "http://h/")))
        .isNotBlank();
  }

  @Test
  void urlTemplatesAreChecked() {
    List<Problem> problems =
        Fixture.problems(
            () ->
                fixture
                    .validator()
                    .validate(
                        ALICE,
                        JOB,
                        request()
                            .notification("*", "http://h/${JOB_ID}")
                            .notification("*", "http://h/${X}?token=s3cret")
                            .build()));
    assertThat(problems).extracting(Problem::field).containsExactly("notifications[1].url");
    assertThat(problems.get(0).message()).contains("X").contains("JOB_STATUS");
    assertThat(problems.toString()).doesNotContain("s3cret");
  }

  @Test
  void anUnknownAppDoesNotHideOtherProblems() {
    assertThat(
            fixture.refuses(
                JobRequest.builder("", "nope")
                    .nodeCount(-1)
                    .memoryPerNode("x")
                    .notification("?", "?")))
        .extracting(Problem::field)
        .containsExactly(
            "name",
            "appId",
            "nodeCount",
            "memoryPerNode",
            "notifications[0].event",
            "notifications[0].url");
  }

  @Test
  void problemsOfFormAndOfContentComeTogether() {
    fixture.inputs.add(Fixture.input("text", true));
    fixture.inputs.add(
        new AppInput("fixed", List.of("f.txt"), null, true, false, 1, 1, null, false, false));
    assertThat(
            fixture.refuses(
                """
                {"appId": "wc-1.0", "archive": "yes", "inputs": {"fixed": "x", "other": "y"}}"""))
        .extracting(Problem::field)
        .containsExactlyInAnyOrder(
            "archive", "name", "inputs.text", "inputs.fixed", "inputs.other");
  }

  @Test
  void anUnknownKeyHidesNothingWhateverItsName() {
    assertThat(fixture.refuses("{\"request\": 1, \"a\\nb\": 2, \"appId\": \"wc-1.0\"}"))
        .extracting(Problem::field)
        .containsExactly("request", "a\\u000ab", "name");
  }

  @Test
  void damagedRequestsAreAcceptedOrRefusedButNeverBreakTheCheck() {
    fixture.queues.add(Fixture.queue("q", 4, 8, 16, Duration.ofHours(2)));
    fixture.inputs.add(Fixture.input("text", false));
    for (AppParameter.Type type : AppParameter.Type.values()) {
      fixture.parameters.add(Fixture.parameter(type.name(), type));
    }
    String whole =
        """
        {"name": "n", "appId": "wc-1.0", "batchQueue": "q", "nodeCount": 2, "archive": true,
         "processorsPerNode": 4, "memoryPerNode": "1.5GB", "maxRunTime": "01:00:00",
         "archivePath": "a/b", "archiveSystem": "tape", "inputs": {"text": "agave://tape//a%20b"},
         "parameters": {"STRING": ["a", "b"], "NUMBER": -1.5e3, "BOOL": true, "FLAG": "on"},
         "notifications": [{"event": "*", "url": "http://h/${JOB_ID}", "persistent": false}]}""";
    assertThat(fixture.accepts(whole).archivePath()).isEqualTo("a/b");
    String pieces = "{}[]\":,.-/%\\\u0000\ud800\u00e9 0919eE+@$tn\n";
    int refused = 0;
    for (long seed = 0; seed < 5000; seed++) {
      Random random = new Random(seed);
      StringBuilder json = new StringBuilder(whole);
      for (int i = random.nextInt(4); i >= 0; i--) {
        int at = random.nextInt(json.length());
        json.replace(
            at,
            at + random.nextInt(2),
            String.valueOf(pieces.charAt(random.nextInt(pieces.length()))));
      }
      try {
        fixture.accepts(json.toString());
      } catch (InvalidRequestException e) {
        refused++;
        assertThat(e.getMessage().lines()).as("seed %d", seed).hasSameSizeAs(e.problems());
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }
}
