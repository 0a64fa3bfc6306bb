package io.jobs4j.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.FieldProblems;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.Memory;
import io.jobs4j.core.model.ProxyAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.model.StorageSystem;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What programs define is what they could have written as JSON. */
class BuiltDefinitionsTest {
  private static final LoginAccess HERE = LoginAccess.builder("LOCAL").build();
  private static final StorageAccess WORK = StorageAccess.builder("LOCAL", "/work").build();

  @TempDir Path directory;

  static Stream<Arguments> systems() {
    StorageAccess sftp = StorageAccess.builder("SFTP", "/").host("h").build();
    return Stream.of(
        Arguments.of(
            "{'id':'s','type':'STORAGE','storage':{'protocol':'LOCAL','rootDir':'/work'}}",
            StorageSystem.builder("s", WORK).build()),
        Arguments.of(
            """
            {'id':'s','type':'STORAGE','tenantId':'acme','available':false,'default':true,
             'storage':{'protocol':'SFTP','host':'h','port':2222,'rootDir':'/','homeDir':'home',
              'markerFile':'.here','auth':{'type':'SSHKEYS','username':'u','privateKey':'k'},
              'proxy':{'host':'p','port':22}}}
            """,
            StorageSystem.builder(
                    "s",
                    StorageAccess.builder("SFTP", "/")
                        .host("h")
                        .port(2222)
                        .homeDir("home")
                        .markerFile(".here")
                        .auth(AccessAuth.ofPrivateKey("u", "k"))
                        .proxy(new ProxyAccess("p", 22))
                        .build())
                .tenantId("acme")
                .available(false)
                .isDefault(true)
                .build()),
        Arguments.of(
            """
            {'id':'e','type':'EXECUTION','executionType':'CLI','scheduler':'FORK',
             'login':{'protocol':'LOCAL'},'storage':{'protocol':'LOCAL','rootDir':'/work'}}
            """,
            ExecutionSystem.builder("e", "FORK", HERE, WORK).build()),
        Arguments.of(
            """
            {'id':'e','type':'EXECUTION','executionType':'HPC','scheduler':'SLURM','tenantId':'acme',
             'available':false,'workDir':'work','scratchDir':'/scratch','startupScript':'~/.profile',
             'environment':['A=1','B=two words'],'loginEnvironment':true,'maxSystemJobs':100,
             'maxSystemJobsPerUser':10,
             'login':{'protocol':'SSH','host':'l','port':2222,
              'auth':{'type':'PASSWORD','username':'u','password':'p'},
              'proxy':{'host':'p','port':22}},
             'storage':{'protocol':'SFTP','host':'h','rootDir':'/'},
             'queues':[
              {'name':'short','mappedName':'q1','maxJobs':100,'maxUserJobs':10,'maxNodes':32,
               'maxProcessorsPerNode':12,'maxMemoryPerNode':'64GB','maxRequestedTime':'00:15:00',
               'customDirectives':'-A x','default':true},
              {'name':'long'}]}
            """,
            ExecutionSystem.builder(
                    "e",
                    "SLURM",
                    LoginAccess.builder("SSH")
                        .host("l")
                        .port(2222)
                        .auth(AccessAuth.ofPassword("u", "p"))
                        .proxy(new ProxyAccess("p", 22))
                        .build(),
                    sftp)
                .tenantId("acme")
                .available(false)
                .workDir("work")
                .scratchDir("/scratch")
                .startupScript("~/.profile")
                .environment("A", "1")
                .environment("B=two words")
                .loginEnvironment(true)
                .maxSystemJobs(100)
                .maxSystemJobsPerUser(10)
                .queue(
                    BatchQueue.builder("short")
                        .mappedName("q1")
                        .maxJobs(100)
                        .maxUserJobs(10)
                        .maxNodes(32)
                        .maxProcessorsPerNode(12)
                        .maxMemoryPerNode(new Memory(64))
                        .maxRequestedTime(Duration.ofMinutes(15))
                        .customDirectives("-A x")
                        .isDefault(true)
                        .build())
                .queue(BatchQueue.builder("long").build())
                .build()));
  }

  @ParameterizedTest
  @MethodSource("systems")
  void aSystemIsTheOneThatIsReadFromTheSameJson(String json, Object built) throws IOException {
    write("systems/it.json", json);

    DefinitionCatalog catalog = DefinitionCatalog.read(directory);

    Optional<?> read =
        built instanceof StorageSystem
            ? catalog.storageSystem("acme", "s")
            : catalog.executionSystem("acme", "e");
    assertThat(read.orElseThrow()).isEqualTo(built);
  }

  static Stream<Arguments> apps() {
    return Stream.of(
        Arguments.of("", app()),
        Arguments.of(
            """
            ,'uuid':'u','tenantId':'acme','owner':'bob','publiclyAvailable':true,'available':false,
             'parallelism':'PTHREAD','deploymentSystem':'e','modules':['purge','load x'],
             'defaultNodeCount':2,'defaultProcessorsPerNode':4,'defaultMemoryPerNode':'2GB',
             'defaultMaxRunTime':'01:00:00','defaultQueue':'q','maxJobs':0
            """,
            app()
                .uuid("u")
                .tenantId("acme")
                .owner("bob")
                .publiclyAvailable(true)
                .available(false)
                .parallelism(App.Parallelism.PTHREAD)
                .deploymentSystem("e")
                .modules("purge", "load x")
                .defaultNodeCount(2)
                .defaultProcessorsPerNode(4)
                .defaultMemoryPerNode(new Memory(2))
                .defaultMaxRunTime(Duration.ofHours(1))
                .defaultQueue("q")
                .maxJobs(0)),
        Arguments.of(
            """
            ,'inputs':[{'id':'a'},
              {'id':'b','value':{'default':['x','y'],'validator':'x|y','required':true,
               'visible':false},'details':{'argument':'-b ','showArgument':true,
               'repeatArgument':true},'semantics':{'minCardinality':2}},
              {'id':'c','semantics':{'minCardinality':0,'maxCardinality':null}}]
            """,
            app()
                .input(AppInput.builder("a").build())
                .input(
                    AppInput.builder("b")
                        .defaultValues("x", "y")
                        .validator("x|y")
                        .required(true)
                        .visible(false)
                        .argument("-b ")
                        .showArgument(true)
                        .repeatArgument(true)
                        .minCardinality(2)
                        .build())
                .input(AppInput.builder("c").minCardinality(0).maxCardinality(-1).build())),
        Arguments.of(
            """
            ,'parameters':[{'id':'s','type':'string'},
              {'id':'n','type':'number','default':[5,0.25],'required':false,'minCardinality':1,
               'maxCardinality':3,'argument':'-n ','showArgument':true,'repeatArgument':true},
              {'id':'f','type':'flag','default':true,'visible':false},
              {'id':'b','type':'bool'},
              {'id':'e','type':'enumeration','enumValues':['x','y'],'default':'y',
               'validator':'.'}]
            """,
            app()
                .parameter(AppParameter.builder("s", AppParameter.Type.STRING).build())
                .parameter(
                    AppParameter.builder("n", AppParameter.Type.NUMBER)
                        .defaultValues(5, new BigDecimal("0.25"))
                        .required(false)
                        .minCardinality(1)
                        .maxCardinality(3)
                        .argument("-n ")
                        .showArgument(true)
                        .repeatArgument(true)
                        .build())
                .parameter(
                    AppParameter.builder("f", AppParameter.Type.FLAG)
                        .defaultValues(true)
                        .visible(false)
                        .build())
                .parameter(AppParameter.builder("b", AppParameter.Type.BOOL).build())
                .parameter(
                    AppParameter.builder("e", AppParameter.Type.ENUMERATION)
                        .enumValues("x", "y")
                        .defaultValues("y")
                        .validator(".")
                        .build())));
  }

  @ParameterizedTest
  @MethodSource("apps")
  void anAppIsTheOneThatIsReadFromTheSameJson(String fields, App.Builder built) throws IOException {
    write(
        "systems/e.json",
        """
        {'id':'e','type':'EXECUTION','scheduler':'FORK','login':{'protocol':'LOCAL'},
         'storage':{'protocol':'LOCAL','rootDir':'/work'}}
        """);
    write(
        "apps/wc.json",
        """
        {'name':'wc','version':'1.0','executionSystem':'e','deploymentPath':'apps/wc',
         'templatePath':'wrapper.sh' %s}
        """
            .formatted(fields));

    assertThat(DefinitionCatalog.read(directory).app("acme", "wc-1.0")).contains(built.build());
  }

  @Test
  void defaultsAreThoseOfAgave() {
    assertThat(AppInput.builder("k").build())
        .isEqualTo(new AppInput("k", List.of(), null, false, true, 1, 1, null, false, false));
    assertThat(AppParameter.builder("k", AppParameter.Type.STRING).build())
        .isEqualTo(
            new AppParameter(
                "k",
                AppParameter.Type.STRING,
                List.of(),
                null,
                List.of(),
                true,
                true,
                0,
                1,
                null,
                false,
                false));
    assertThat(BatchQueue.builder("q").build())
        .isEqualTo(new BatchQueue("q", null, -1, -1, -1, -1, null, null, null, false));
    assertThat(HERE).isEqualTo(new LoginAccess("LOCAL", null, 0));
    assertThat(WORK).isEqualTo(new StorageAccess("LOCAL", null, 0, "/work", "/"));
    assertThat(StorageSystem.builder("s", WORK).build())
        .isEqualTo(new StorageSystem("s", null, true, false, WORK));
    App app = app().build();
    assertThat(app.id()).isEqualTo("wc-1.0");
    assertThat(app.uuid()).isEqualTo(app().build().uuid());
    assertThat(app.uuid()).isNotEqualTo(app().tenantId("acme").build().uuid());
    assertThat(app.parallelism()).isEqualTo(App.Parallelism.SERIAL);
    assertThat(app.available()).isTrue();
    assertThat(app.maxJobs()).isEqualTo(-1);
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        refusal(
            () -> BatchQueue.builder("q").maxJobs(4).maxUserJobs(5).build(),
            "queue q: maxUserJobs is 5; it must be less than the maxJobs for this queue, or equal"
                + " to it: 4"),
        refusal(
            () -> BatchQueue.builder("q").maxNodes(0).build(),
            "queue q: maxNodes is 0; it must be -1 for no limit, or a whole number from 1"),
        refusal(
            () -> BatchQueue.builder("q").maxRequestedTime(Duration.ZERO).build(),
            "queue q: maxRequestedTime is \"PT0S\"; it must be above zero, and no longer than"
                + " PT9999H59M59S"),
        refusal(
            () -> App.builder("", "1", "e", "wc", "w").build(),
            "app -1: name must be a string of 1 to 64 characters"),
        refusal(
            () -> App.builder("wc", "1", "e", "", "w").build(),
            "app wc-1: deploymentPath must be a path inside its storage of 1 to 255 characters"),
        refusal(
            () -> app().modules("purge", "load\n").build(),
            "app wc-1.0: modules[1] is \"load\n\"; it must be a string without control"
                + " characters"),
        refusal(
            () -> AppInput.builder("").build(),
            "input : key must be a string of 1 to 64 characters"),
        refusal(
            () -> AppInput.builder("k".repeat(65)).build(),
            "input %1$s: key is \"%1$s\"; it must have at most 64 characters and no NUL"
                .formatted("k".repeat(65))),
        refusal(
            () -> StorageAccess.builder("LOCAL", "/a\n").build(),
            "storage LOCAL: rootDir is \"/a\n\"; it must not be blank and have no control"
                + " characters"),
        refusal(
            () -> AppInput.builder("a b").build(),
            "input a b: key is \"a b\"; it must be letters, digits, \"_\", \".\" and \"-\""),
        refusal(
            () -> AppInput.builder("a").validator("(").build(),
            "input a: validator is \"(\"; it must be a regular expression (Unclosed group)"),
        refusal(
            () -> AppInput.builder("a").minCardinality(3).maxCardinality(2).build(),
            "input a: maxCardinality is 2; it must not be less than minCardinality"),
        refusal(
            () -> AppInput.builder("a").required(true).visible(false).build(),
            "input a: defaultValues must be given, because the value is required and a request"
                + " cannot set it"),
        refusal(
            () -> AppParameter.builder("p", AppParameter.Type.ENUMERATION).build(),
            "parameter p: enumValues must be an array of the legal values of an enumeration"),
        refusal(
            () ->
                AppParameter.builder("p", AppParameter.Type.ENUMERATION)
                    .enumValues("x", "y")
                    .defaultValues("z")
                    .build(),
            "parameter p: defaultValues is \"z\"; it must be one of x, y"),
        refusal(
            () -> AppParameter.builder("p", AppParameter.Type.NUMBER).defaultValues("5").build(),
            "parameter p: defaultValues[0] is \"5\"; it must be a Number for the type NUMBER"),
        refusal(
            () ->
                AppParameter.builder("p", AppParameter.Type.NUMBER)
                    .defaultValues(1, Double.NaN)
                    .build(),
            "parameter p: defaultValues[1] is \"NaN\"; it must be a finite number"),
        refusal(
            () ->
                AppParameter.builder("p", AppParameter.Type.NUMBER)
                    .defaultValues(Float.NEGATIVE_INFINITY)
                    .build(),
            "parameter p: defaultValues[0] is \"-Infinity\"; it must be a finite number"),
        refusal(
            () ->
                app()
                    .input(AppInput.builder("a").build())
                    .parameter(AppParameter.builder("a", AppParameter.Type.BOOL).build())
                    .build(),
            "app wc-1.0: parameters[0].key is \"a\"; it must be different for each input and"
                + " parameter of the app"),
        refusal(
            () -> App.builder("wc", "1.0", "e", "../wc", "wrapper.sh").build(),
            "app wc-1.0: deploymentPath is \"../wc\"; it must be a path inside its storage, without"
                + " \"..\" segments and NUL"),
        refusal(
            () -> app().defaultMaxRunTime(Duration.ofHours(-1)),
            "defaultMaxRunTime PT-1H must be from PT0S to PT9999H59M59S"),
        refusal(
            () -> LoginAccess.builder("SSH").build(),
            "login SSH: host must be the host that is reached by the protocol SSH"),
        refusal(
            () -> LoginAccess.builder("LOCAL").host("h").build(),
            "login LOCAL: host is \"h\"; it must be missing for the protocol LOCAL, which is this"
                + " host and account"),
        refusal(
            () ->
                LoginAccess.builder("SSH")
                    .host("h")
                    .auth(new AccessAuth("SSHKEYS", "u", "hunter2", null, null))
                    .build(),
            "login SSH: auth.type must be PASSWORD for a password without a privateKey"),
        refusal(
            () -> StorageAccess.builder("LOCAL", "~/files").build(),
            "storage LOCAL: rootDir is \"~/files\"; it must be the path itself, since no shell"
                + " expands \"~\" or variables in it, such as \"/home/alice\""),
        refusal(
            () -> StorageAccess.builder("LOCAL", "files").build(),
            "storage LOCAL: rootDir is \"files\"; it must be an absolute path, such as"
                + " \"/home/alice\""),
        refusal(
            () -> StorageAccess.builder("LOCAL", "/files").markerFile("/./").build(),
            "storage LOCAL: markerFile is \"/./\"; it must name a file below the rootDir, such as"
                + " \".mounted\", not the rootDir"),
        refusal(
            () ->
                ExecutionSystem.builder(
                        "e", "FORK", LoginAccess.builder("SSH").host("h").build(), WORK)
                    .build(),
            "system e: storage.protocol is \"LOCAL\"; it must be SFTP, or another that reaches the"
                + " login's host, for a login that is SSH: LOCAL files are on this host, where no"
                + " command runs"),
        refusal(
            () -> system().environment("B C", "2").build(),
            "system e: environment[0] must be NAME=value without control characters"),
        refusal(
            () -> system().loginEnvironment(true).build(),
            "system e: loginEnvironment is true; it must be false, because only SLURM and"
                + " CUSTOM_SLURM can make it; a startupScript such as \"~/.profile\" sets what jobs"
                + " of other schedulers need"),
        refusal(
            () ->
                system()
                    .queue(BatchQueue.builder("q").build())
                    .queue(BatchQueue.builder("q").build())
                    .build(),
            "system e: queues[1].name is \"q\"; it must be different for each queue of the system"),
        refusal(
            () ->
                system()
                    .queue(BatchQueue.builder("q").isDefault(true).build())
                    .queue(BatchQueue.builder("r").isDefault(true).build())
                    .build(),
            "system e: queues[1].isDefault is true; it must be true for one queue at most"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatIsWrongIsRefused(Executable build, String message) {
    assertThatIllegalArgumentException().isThrownBy(build::execute).withMessage(message);
  }

  private interface Text {
    void build(String text, FieldProblems problems);
  }

  private static Arguments text(String field, int longest, Text text) {
    return Arguments.of(field, longest, text);
  }

  /** Texts of one line, which would otherwise fail at the database when a job is submitted. */
  static Stream<Arguments> lines() {
    return Stream.of(
        text("name", 64, (it, p) -> App.builder(it, "1", "e", "wc", "w").build(p)),
        text("version", 16, (it, p) -> App.builder("wc", it, "e", "wc", "w").build(p)),
        text("executionSystem", 64, (it, p) -> App.builder("wc", "1", it, "wc", "w").build(p)),
        text("tenantId", 24, (it, p) -> app().tenantId(it).build(p)),
        text("uuid", 64, (it, p) -> app().uuid(it).build(p)),
        text("owner", 64, (it, p) -> app().owner(it).build(p)),
        text("deploymentSystem", 64, (it, p) -> app().deploymentSystem(it).build(p)),
        text("defaultQueue", 128, (it, p) -> app().defaultQueue(it).build(p)),
        text("name", 128, (it, p) -> BatchQueue.builder(it).build(p)),
        text("mappedName", 128, (it, p) -> BatchQueue.builder("q").mappedName(it).build(p)),
        text("id", 64, (it, p) -> StorageSystem.builder(it, WORK).build(p)),
        text("tenantId", 24, (it, p) -> StorageSystem.builder("s", WORK).tenantId(it).build(p)),
        text("id", 64, (it, p) -> ExecutionSystem.builder(it, "FORK", HERE, WORK).build(p)),
        text("scheduler", 64, (it, p) -> ExecutionSystem.builder("e", it, HERE, WORK).build(p)),
        text("tenantId", 24, (it, p) -> system().tenantId(it).build(p)),
        text("startupScript", 255, (it, p) -> system().startupScript(it).build(p)),
        text("protocol", 64, (it, p) -> LoginAccess.builder(it).build(p)),
        text("host", 255, (it, p) -> LoginAccess.builder("SSH").host(it).build(p)),
        text(
            "proxy.host",
            255,
            (it, p) -> LoginAccess.builder("SSH").host("h").proxy(new ProxyAccess(it, 0)).build(p)),
        text("host", 255, (it, p) -> StorageAccess.builder("SFTP", "/").host(it).build(p)));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void aLineIsShortAndCanBeShown(String field, int longest, Text text) {
    assertThat(problems(text, "x".repeat(longest))).isEmpty();
    assertThat(problems(text, "x".repeat(longest + 1)))
        .containsExactly(field + ": must have at most %s characters and no NUL".formatted(longest));
    for (String wrong : List.of(" ", "a\nb", "a\u0085")) {
      assertThat(problems(text, wrong))
          .containsExactly(field + ": must not be blank and have no control characters");
    }
  }

  /** Texts that may have line breaks. */
  static Stream<Arguments> texts() {
    return Stream.of(
        text("deploymentPath", 255, (it, p) -> App.builder("wc", "1", "e", it, "w").build(p)),
        text("templatePath", 255, (it, p) -> App.builder("wc", "1", "e", "wc", it).build(p)),
        text("workDir", 255, (it, p) -> system().workDir(it).build(p)),
        text("scratchDir", 255, (it, p) -> system().scratchDir(it).build(p)),
        text("homeDir", 255, (it, p) -> StorageAccess.builder("LOCAL", "/").homeDir(it).build(p)),
        text(
            "markerFile",
            255,
            (it, p) -> StorageAccess.builder("LOCAL", "/").markerFile(it).build(p)),
        text(
            "customDirectives",
            16384,
            (it, p) -> BatchQueue.builder("q").customDirectives(it).build(p)),
        text("validator", 4096, (it, p) -> AppInput.builder("k").validator(it).build(p)),
        text("argument", 1024, (it, p) -> AppInput.builder("k").argument(it).build(p)),
        text(
            "argument",
            1024,
            (it, p) -> AppParameter.builder("k", AppParameter.Type.STRING).argument(it).build(p)));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void aTextIsShortAndHasNoNul(String field, int longest, Text text) {
    assertThat(problems(text, "x".repeat(longest - 2) + "\nx")).isEmpty();
    for (String wrong : List.of("x".repeat(longest + 1), "a\0")) {
      assertThat(problems(text, wrong))
          .containsExactly(
              field + ": must have at most %s characters and no NUL".formatted(longest));
    }
  }

  /** Texts of accounts, of which nothing shows. */
  static Stream<Arguments> secrets() {
    return Stream.of(
        text("auth.type", 64, (it, p) -> login(new AccessAuth(it, "u", null, null, null), p)),
        text("auth.username", 255, (it, p) -> login(AccessAuth.ofUser(it), p)),
        text("auth.password", 4096, (it, p) -> login(AccessAuth.ofPassword("u", it), p)),
        text(
            "auth.publicKey",
            65536,
            (it, p) -> login(new AccessAuth(null, "u", null, it, "key"), p)),
        text("auth.privateKey", 65536, (it, p) -> login(AccessAuth.ofPrivateKey("u", it), p)));
  }

  private static void login(AccessAuth auth, FieldProblems problems) {
    LoginAccess.builder("SSH").host("h").auth(auth).build(problems);
  }

  @ParameterizedTest
  @MethodSource("secrets")
  void aSecretIsShortAndDoesNotShow(String field, int longest, Text text) {
    assertThat(problems(text, "x".repeat(longest))).isEmpty();
    for (String wrong : List.of("x".repeat(longest + 1), "a\0")) {
      List<Object> values = new ArrayList<>();
      text.build(wrong, (at, value, expected) -> values.add(String.valueOf(value)));
      assertThat(values).containsExactly("null");
      assertThat(problems(text, wrong))
          .containsExactly(
              field + ": must be a string of at most %s characters without NUL".formatted(longest));
    }
  }

  private static List<String> problems(Text text, String value) {
    List<String> problems = new ArrayList<>();
    text.build(value, (field, found, expected) -> problems.add(field + ": " + expected));
    return problems;
  }

  @Test
  void whoAsksIsToldEverythingAtOnce() {
    List<String> problems = new ArrayList<>();

    BatchQueue queue =
        BatchQueue.builder("q")
            .maxNodes(0)
            .maxJobs(4)
            .maxUserJobs(5)
            .build((field, value, expected) -> problems.add(field + "=" + value));

    assertThat(problems).containsExactly("maxNodes=0", "maxUserJobs=5");
    assertThat(queue.maxUserJobs()).isEqualTo(5);
  }

  /** Which of a file's fields is meant shows whatever it is called there. */
  @Test
  void aReadDefinitionIsRefusedInTheWordsOfItsFile() throws IOException {
    write(
        "systems/e.json",
        """
        {'id':'e','type':'EXECUTION','scheduler':'FORK','login':{'protocol':'LOCAL'},
         'storage':{'protocol':'LOCAL','rootDir':'/work'},'environment':'A=1\\nhunter2',
         'queues':[{'name':'q','default':true},{'name':'r','isDefault':true}]}
        """);
    write(
        "apps/wc.json",
        """
        {'name':'wc','version':'1.0','executionSystem':'e','deploymentPath':'apps/wc',
         'templatePath':'wrapper.sh',
         'inputs':[{'key':'a','order':2},{'id':'b'},{'key':'b','order':1}]}
        """);

    assertThatIllegalDefinitions()
        .containsExactly(
            "systems/e.json: environment[1] must be NAME=value without control characters",
            "systems/e.json: queues[1].isDefault is true; it must be true for one queue at most",
            "apps/wc.json: inputs[2].key is \"b\"; it must be different for each input and"
                + " parameter of the app");
  }

  /** What is too long is told once, as it is written, and not looked up. */
  @Test
  void aTextOfAFileIsToldOnceInItsPlace() throws IOException {
    String overlong = "e".repeat(65);
    write(
        "apps/wc.json",
        """
        {'name':'wc','version':'1.0','executionSystem':'%s','deploymentSystem':'%s',
         'deploymentPath':'','executablePath':'../w','owner':' ','modules':['a','b\\n'],
         'inputs':[{'id':'a','details':{'argument':'\\u0000'}},{'key':''},{'key':''}]}
        """
            .formatted(overlong, overlong));
    write(
        "systems/s.json",
        """
        {'id':null,'type':'STORAGE','storage':{'protocol':'LOCAL','rootDir':'a\\u0000'}}
        """);
    String tooLong = "\"" + overlong + "\"; it must have at most 64 characters and no NUL";

    assertThatIllegalDefinitions()
        .containsExactlyInAnyOrder(
            "systems/s.json: id is null; it must be a string of 1 to 64 characters",
            "systems/s.json: storage.rootDir is \"a\\u0000\"; it must have at most 4096 characters"
                + " and no NUL",
            "apps/wc.json: executionSystem is " + tooLong,
            "apps/wc.json: deploymentSystem is " + tooLong,
            "apps/wc.json: deploymentPath is \"\"; it must be a path inside its storage of 1 to 255"
                + " characters",
            "apps/wc.json: executablePath is \"../w\"; it must be a path inside its storage,"
                + " without \"..\" segments and NUL",
            "apps/wc.json: owner is \" \"; it must not be blank and have no control characters",
            "apps/wc.json: modules[1] is \"b\\n\"; it must be a string without control characters",
            "apps/wc.json: inputs[0].details.argument is \"\\u0000\"; it must have at most 1024"
                + " characters and no NUL",
            "apps/wc.json: inputs[1].key is \"\"; it must be a string of 1 to 64 characters",
            "apps/wc.json: inputs[2].key is \"\"; it must be a string of 1 to 64 characters");
  }

  private ListAssert<String> assertThatIllegalDefinitions() {
    try {
      DefinitionCatalog.read(directory);
    } catch (InvalidDefinitionException e) {
      return assertThat(e.problems().stream().map(DefinitionProblem::toString).toList());
    }
    throw new AssertionError("the definitions are taken");
  }

  private static App.Builder app() {
    return App.builder("wc", "1.0", "e", "apps/wc", "wrapper.sh");
  }

  private static ExecutionSystem.Builder system() {
    return ExecutionSystem.builder("e", "FORK", HERE, WORK);
  }

  private static Arguments refusal(Executable build, String message) {
    return Arguments.of(build, message);
  }

  private void write(String file, String json) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, json.replace('\'', '"'));
  }
}
