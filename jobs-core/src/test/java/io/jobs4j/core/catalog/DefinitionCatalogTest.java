package io.jobs4j.core.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jobs4j.core.model.AccessAuth;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.AppInput;
import io.jobs4j.core.model.AppParameter;
import io.jobs4j.core.model.BatchQueue;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.LoginAccess;
import io.jobs4j.core.model.Memory;
import io.jobs4j.core.model.ProxyAccess;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.model.StorageSystem;
import io.jobs4j.core.model.TenantQueue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionCatalogTest {
  private static final String STORE =
      """
      {"id":"store","type":"STORAGE","default":true,
       "storage":{"protocol":"local","rootDir":"files","homeDir":"home"}}
      """;
  private static final String LOCAL =
      """
      {"id":"local","type":"EXECUTION","executionType":"CLI","scheduler":"fork",
       "login":{"protocol":"LOCAL","host":"localhost","auth":{"type":"LOCAL"}},
       "storage":{"protocol":"LOCAL","rootDir":"/data/work"}}
      """;
  private static final String APP =
      """
      {"name":"wc","version":"1.00","executionSystem":"local",
       "deploymentPath":"apps/wc","templatePath":"wrapper.sh"}
      """;

  @TempDir Path directory;

  @BeforeEach
  void sound() throws IOException {
    write("systems/store.json", STORE);
    write("systems/local.json", LOCAL);
    write("apps/wc.json", APP);
  }

  private void write(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** What is read without a problem has none by the schemas. */
  private DefinitionCatalog read() {
    DefinitionCatalog catalog = DefinitionCatalog.read(directory);
    try {
      Schemas.assertValid(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return catalog;
  }

  private List<String> problems() {
    InvalidDefinitionException e =
        catchThrowableOfType(InvalidDefinitionException.class, this::read);
    assertThat(e).as("the definitions are refused").isNotNull();
    return e.problems().stream().map(DefinitionProblem::toString).toList();
  }

  @Test
  void aSmallCatalogHasDefaults() {
    DefinitionCatalog catalog = read();

    App app = catalog.app("acme", "wc-1.00").orElseThrow();
    assertThat(app.parallelism()).isEqualTo(App.Parallelism.SERIAL);
    assertThat(app.available()).isTrue();
    assertThat(app.publiclyAvailable()).isFalse();
    assertThat(app.runnableBy("anybody")).isTrue();
    assertThat(app.defaultNodeCount()).isNull();
    assertThat(UUID.fromString(app.uuid())).isNotNull();
    assertThat(read().app("other", "wc-1.00").orElseThrow().uuid()).isEqualTo(app.uuid());
    ExecutionSystem local = catalog.executionSystem("acme", "local").orElseThrow();
    assertThat(local)
        .isEqualTo(
            new ExecutionSystem(
                "local",
                null,
                true,
                "FORK",
                new LoginAccess("LOCAL", null, 0),
                new StorageAccess("LOCAL", null, 0, "/data/work", "/"),
                null,
                null,
                null,
                List.of(),
                false,
                -1,
                -1,
                List.of()));
    assertThat(catalog.storageSystem("acme", "local").orElseThrow().storage())
        .isEqualTo(local.storage());
    assertThat(catalog.defaultStorageSystem("acme"))
        .isEqualTo(catalog.storageSystem("acme", "store"))
        .get()
        .extracting(StorageSystem::storage)
        .isEqualTo(
            new StorageAccess(
                "LOCAL", null, 0, directory.toAbsolutePath().resolve("files").toString(), "home"));
    assertThat(catalog.app("acme", "wc-2")).isEmpty();
    assertThat(catalog.executionSystem("acme", "store")).isEmpty();
    assertThat(catalog.storageSystem("acme", "nowhere")).isEmpty();
    assertThat(catalog.tenantQueues("acme")).isEmpty();
  }

  @Test
  void anEmptyDirectoryIsAnEmptyCatalog(@TempDir Path empty) {
    assertThat(DefinitionCatalog.read(empty).defaultStorageSystem("acme")).isEmpty();
  }

  /** Agave, "Registering an app", with its quoted booleans. */
  @Test
  void readsTheDocumentedApp() throws IOException {
    write("systems/store.json", STORE.replace("\"store\"", "\"demo.storage.example.com\""));
    write("systems/local.json", LOCAL.replace("\"local\"", "\"condor.opensciencegrid.org\""));
    write(
        "apps/wc.json",
        """
        {
          "id":"wc-1.00", "available":true, "name":"wc", "parallelism":"SERIAL", "version":"1.00",
          "helpURI":"http://www.gnu.org/s/coreutils/manual/html_node/wc-invocation.html",
          "label":"wc condor", "shortDescription":"Count words in a file", "longDescription":"",
          "author":"Steve Terry", "datePublished":"", "publiclyAvailable":"false",
          "tags":["textutils", "gnu"],
          "ontology":["http://sswapmeet.sswap.info/algorithms/wc"],
          "executionSystem":"condor.opensciencegrid.org", "executionType":"CONDOR",
          "defaultQueue":"default", "defaultNodes":1, "defaultProcessorsPerNode":1,
          "defaultMemoryPerNode":"2GB", "defaultMaxRunTime":"01:00:00",
          "deploymentSystem":"demo.storage.example.com",
          "deploymentPath":"/api_sample_user/applications/private/wc-1.00",
          "templatePath":"/wrapper.sh", "testPath":"library/test.sh", "checkpointable":"true",
          "modules":["purge", "load TACC"],
          "parameters":[{
            "id":"printLongestLine",
            "value":{"default":false, "type":"string", "validator":"", "order":0,
              "visible":true, "required":true, "enquote":false},
            "details":{"label":"Print the length of the longest line",
              "description":"Command option -L", "repeatArgument":false, "showArgument":false},
            "semantics":{"minCardinality":1, "maxCardinality":1, "ontology":["xs:boolean"]}
          }],
          "inputs":[{
            "id":"query1",
            "value":{"default":"read1.fq", "validator":"", "required":false, "order":0,
              "visible":true, "enquote":false},
            "details":{"label":"File to count words in: ", "description":"",
              "repeatArgument":false, "showArgument":false},
            "semantics":{"ontology":["http://sswapmeet.sswap.info/util/TextDocument"],
              "minCardinality":1, "maxCardinality":1, "fileTypes":["text-0"]}
          }],
          "outputs":[]
        }
        """);

    App app = read().app("acme", "wc-1.00").orElseThrow();

    assertThat(app.modules()).containsExactly("purge", "load TACC");
    assertThat(app.defaultNodeCount()).isEqualTo(1);
    assertThat(app.defaultMemoryPerNode()).isEqualTo(new Memory(2));
    assertThat(app.defaultMaxRunTime()).isEqualTo(Duration.ofHours(1));
    assertThat(app.inputs())
        .containsExactly(
            new AppInput(
                "query1", List.of("read1.fq"), null, false, true, 1, 1, null, false, false));
    assertThat(app.parameters())
        .containsExactly(
            new AppParameter(
                "printLongestLine",
                AppParameter.Type.STRING,
                List.of("false"),
                null,
                List.of(),
                true,
                true,
                1,
                1,
                null,
                false,
                false));
  }

  @Test
  void readsParametersOfAllTypesNestedAndFlatInTheirOrder() throws IOException {
    write(
        "apps/wc.json",
        APP.replace(
            "\"templatePath\"",
            """
            "inputs":[
              {"id":"last","value":{"order":2,"default":["a","b"],"required":true},
               "semantics":{"maxCardinality":null}},
              {"key":"first","order":1,"argument":"-f ","showArgument":true,"maxCardinality":-1,
               "minCardinality":0,"validator":"\\\\.csv$","label":"l","enquote":true}],
            "parameters":[
              {"id":"chart","value":{"type":"enumeration","default":"bar",
               "enum_values":[{"bar":"Bar Chart"},{"line":"Line Chart"}]}},
              {"id":"color","value":{"type":"enumeration","enumValues":["red","white"]}},
              {"id":"height","value":{"type":"number","default":512}},
              {"id":"ratio","value":{"type":"number","default":"0.10"}},
              {"id":"legend","value":{"type":"flag","default":false},
               "details":{"argument":"--show-legend","showArgument":true}},
              {"key":"bold","type":"bool","defaultValue":"on","required":false,"visible":false}],
            "templatePath"\
            """));

    App app = read().app("acme", "wc-1.00").orElseThrow();

    assertThat(app.inputs())
        .containsExactly(
            new AppInput("first", List.of(), "\\.csv$", false, true, 0, -1, "-f ", true, false),
            new AppInput("last", List.of("a", "b"), null, true, true, 1, -1, null, false, false));
    assertThat(app.parameters())
        .extracting(it -> it.key() + " " + it.type() + " " + it.defaultValues() + it.enumValues())
        .containsExactly(
            "chart ENUMERATION [bar][bar, line]",
            "color ENUMERATION [][red, white]",
            "height NUMBER [512][]",
            "ratio NUMBER [0.10][]",
            "legend FLAG [false][]",
            "bold BOOL [true][]");
    assertThat(app.parameters().get(2).defaultValues()).containsExactly(512L);
    assertThat(app.parameters().get(0).required()).isTrue();
    assertThat(app.parameters().get(5).visible()).isFalse();
  }

  @Test
  void readsSystemsOfAllKinds() throws IOException {
    write(
        "systems/cluster.json",
        """
        {"id":"cluster","name":"Cluster","type":"EXECUTION","status":"UP","executionType":"HPC",
         "scheduler":"SLURM","workDir":"work","scratchDir":"/scratch","site":"example.com",
         "startupScript":"./bashrc","environment":"A=1\\nB=two words","maxSystemJobs":100,
         "maxSystemJobsPerUser":10,"description":"d",
         "login":{"host":"login.example.com","port":2222,"protocol":"ssh",
           "auth":{"username":"systest","password":"changeit","type":"PASSWORD"},
           "proxy":{"name":"p","host":"proxy.example.com","port":"22"}},
         "storage":{"host":"sftp.example.com","protocol":"SFTP","rootDir":"/","homeDir":"/home/s",
           "mirror":false,"publicAppsDir":null,
           "auth":{"username":"s","publicKey":"k","privateKey":"k","type":"SSHKEYS"}},
         "queues":[
           {"name":"short_job","mappedName":null,"maxJobs":100,"maxUserJobs":10,"maxNodes":32,
            "maxMemoryPerNode":"64GB","maxProcessorsPerNode":12,"maxRequestedTime":"00:15:00",
            "customDirectives":null,"default":true},
           {"name":"big","mappedName":"big_mem","maxMemoryPerNode":"1TB","maxJobs":-1,
            "customDirectives":"-A TG-1","maxRequestedTime":"999:59:59"},
           {"name":"any","maxMemoryPerNode":-1}]}
        """);
    write(
        "systems/irods.json",
        """
        {"id":"irods","type":"STORAGE","status":"MAINTENANCE","revision":1,"uuid":"u",
         "storage":{"host":"irods.example.com","port":1247,"protocol":"IRODS",
           "homeDir":"/systest","rootDir":"/demoZone/home","resource":"demoResc","zone":"demoZone",
           "auth":{"username":"systest","password":"changeit","type":"X509","server":{
             "name":"n","endpoint":"myproxy.example.com","port":7512,"protocol":"MYPROXY"}}}}
        """);

    DefinitionCatalog catalog = read();

    ExecutionSystem cluster = catalog.executionSystem("acme", "cluster").orElseThrow();
    assertThat(cluster.login())
        .isEqualTo(
            new LoginAccess(
                "SSH",
                "login.example.com",
                2222,
                new AccessAuth("PASSWORD", "systest", "changeit", null, null),
                new ProxyAccess("proxy.example.com", 22)));
    assertThat(cluster.storage().auth()).isEqualTo(new AccessAuth("SSHKEYS", "s", null, "k", "k"));
    assertThat(cluster.login()).asString().contains("systest").doesNotContain("changeit");
    assertThat(cluster.storage().auth())
        .hasToString("AccessAuth[type=SSHKEYS, username=s, publicKey, privateKey]");
    assertThat(cluster.environment()).containsExactly("A=1", "B=two words");
    assertThat(cluster.maxSystemJobs()).isEqualTo(100);
    assertThat(cluster.queues())
        .containsExactly(
            new BatchQueue(
                "short_job",
                null,
                100,
                10,
                32,
                12,
                new Memory(64),
                Duration.ofMinutes(15),
                null,
                true),
            new BatchQueue(
                "big",
                "big_mem",
                -1,
                -1,
                -1,
                -1,
                new Memory(1024),
                Duration.ofHours(999).plusMinutes(59).plusSeconds(59),
                "-A TG-1",
                false),
            new BatchQueue("any", null, -1, -1, -1, -1, null, null, null, false));
    StorageSystem irods = catalog.storageSystem("acme", "irods").orElseThrow();
    assertThat(irods.available()).isFalse();
    assertThat(irods.storage())
        .isEqualTo(
            new StorageAccess(
                "IRODS",
                "irods.example.com",
                1247,
                "/demoZone/home",
                "/systest",
                new AccessAuth("X509", "systest", "changeit", null, null),
                null));
  }

  @Test
  void aStorageMayHaveAMarkerFile() throws IOException {
    String rootDir = "\"rootDir\":\"files\"";
    assertThat(STORE).contains(rootDir);
    write("systems/store.json", STORE.replace(rootDir, rootDir + ",\"markerFile\":\"etc/.here\""));
    assertThat(read().storageSystem("acme", "store").orElseThrow().storage().markerFile())
        .isEqualTo("etc/.here");

    for (String wrong : List.of("../x", "/", "./")) {
      write(
          "systems/store.json",
          STORE.replace(rootDir, rootDir + ",\"markerFile\":\"" + wrong + "\""));
      assertThatThrownBy(this::read)
          .hasMessageContaining("storage.markerFile")
          .hasMessageContaining("\"" + wrong + "\"");
    }
  }

  @Test
  void tenantsSeeTheirOwnDefinitionsAndThoseOfAll() throws IOException {
    write(
        "systems/own.json",
        STORE.replace("\"id\":\"store\"", "\"id\":\"own\",\"tenantId\":\"acme\""));
    write("apps/own.json", APP.replace("\"wc\"", "\"own\",\"tenantId\":\"acme\""));
    write("apps/theirs.json", APP.replace("\"wc\"", "\"own\",\"tenantId\":\"other\""));

    DefinitionCatalog catalog = read();

    assertThat(catalog.defaultStorageSystem("acme").orElseThrow().id()).isEqualTo("own");
    assertThat(catalog.defaultStorageSystem("other").orElseThrow().id()).isEqualTo("store");
    assertThat(catalog.storageSystem("other", "own")).isEmpty();
    assertThat(catalog.app("third", "own-1.00")).isEmpty();
    assertThat(catalog.app("acme", "wc-1.00")).isPresent();
    App own = catalog.app("acme", "own-1.00").orElseThrow();
    App theirs = catalog.app("other", "own-1.00").orElseThrow();
    assertThat(own.tenantId()).isEqualTo("acme");
    assertThat(own.uuid()).isNotEqualTo(theirs.uuid());
  }

  @Test
  void readsTenantQueues() throws IOException {
    write(
        "queues/acme.json",
        """
        {"tenantId":"acme","queues":[
          {"name":"aloe.jobq.acme.submit.DefaultQueue","priority":1,"filter":"tenant IS NOT NULL"},
          {"name":"aloe.jobq.acme.submit.big","priority":9,"filter":"nodeCount > 4",
           "numWorkers":2,"tenantId":"acme"}]}
        """);

    assertThat(read().tenantQueues("acme"))
        .containsExactly(
            new TenantQueue("aloe.jobq.acme.submit.big", "acme", 9, "nodeCount > 4", 2),
            new TenantQueue(
                "aloe.jobq.acme.submit.DefaultQueue", "acme", 1, "tenant IS NOT NULL", 4));
    assertThat(read().tenantQueues("other")).isEmpty();
  }

  @Test
  void tenantQueuesObeyTheRulesOfAloe() throws IOException {
    write(
        "queues/acme.json",
        """
        {"tenantId":"acme","queues":[
          {"name":"aloe.jobq.acme.submit.DefaultQueue","priority":2,"filter":"x"},
          {"name":"aloe.jobq.acme.submit.a","priority":1,"filter":"x"},
          {"name":"aloe.jobq.acme.submit.b.c","priority":3,"filter":"x"},
          {"name":"aloe.jobq.acme.submit.d","priority":3,"filter":"x"},
          {"name":"aloe.jobq.other.submit.e","priority":4,"filter":"x","tenantId":"other"},
          {"name":"aloe.jobq.acme.submit.f","numWorkers":256,"workers":1}]}
        """);

    assertThat(problems())
        .containsExactly(
            "queues/acme.json: Queue aloe.jobq.other.submit.e is defined in file queues/acme.json"
                + " with tenant id other instead of acme.",
            "queues/acme.json: queues[5].priority must be a whole number from 1",
            "queues/acme.json: queues[5].filter must be a string of 1 to 4096 characters",
            "queues/acme.json: queues[5].numWorkers is 256; it must be a whole number from 1 to"
                + " 255",
            "queues/acme.json: queues[5].workers is not a known field; known are comments, created, createdBy,"
                + " description, exchange, filter, lastUpdated, maxMessages, name, numWorkers, priority,"
                + " tenantId, uuid",
            "queues/acme.json: queues[2].name is \"aloe.jobq.acme.submit.b.c\"; it must be"
                + " \"aloe.jobq.acme.submit.\" and letters, digits, hyphens, underscores or colons,"
                + " at most 255 characters in all",
            "queues/acme.json: queues[4].name is \"aloe.jobq.other.submit.e\"; it must be"
                + " \"aloe.jobq.acme.submit.\" and letters, digits, hyphens, underscores or colons,"
                + " at most 255 characters in all",
            "queues/acme.json: The tenant default queue aloe.jobq.acme.submit.DefaultQueue must be"
                + " assigned priority 1.",
            "queues/acme.json: The tenant non-default queue aloe.jobq.acme.submit.a cannot be"
                + " assigned priority 1.",
            "queues/acme.json: A priority of value 3 cannot be re-assigned to queue"
                + " aloe.jobq.acme.submit.d in tenant acme. Please choose unique priorities for queues"
                + " in the same tenant.");
  }

  @Test
  void tellsAllProblemsOfAllFiles() throws IOException {
    write("apps/wc.json", APP.replace("apps/wc", "../wc").replace("1.00", "1.0.0.0.0.0.0.0.0"));
    write("apps/broken.json", "{\"name\": wc}");
    write(
        "systems/cluster.json",
        """
        {"id":"cluster","type":"EXECUTION","scheduler":"SLRUM","executionType":"HPCC",
         "colour":"red","maxSystemJobs":0,
         "login":{"protocol":"TELNET","host":"h","port":99999},
         "storage":{"protocol":"SCP","host":"h","homeDir":"../.."},
         "queues":[
           {"name":"a","maxUserJobs":5,"maxJobs":4},
           {"name":"a","maxNodes":0,"maxJobs":-2,"maxMemoryPerNode":"much",
            "maxRequestedTime":"24h","maxProcessorsPerNode":1.5}]}
        """);

    assertThat(problems())
        .containsExactlyInAnyOrder(
            "apps/broken.json: must be valid JSON; it is not at line 1, column 10",
            "apps/wc.json: version is \"1.0.0.0.0.0.0.0.0\"; it must have at most 16 characters and"
                + " no NUL",
            "apps/wc.json: deploymentPath is \"../wc\"; it must be a path inside its storage,"
                + " without \"..\" segments and NUL",
            "systems/cluster.json: executionType is \"HPCC\"; it must be one of HPC, CONDOR, CLI,"
                + " ATMOSPHERE",
            "systems/cluster.json: scheduler is \"SLRUM\"; it must be one of FORK, SLURM, PBS,"
                + " TORQUE, MOAB, SGE, GRIDENGINE, LSF, LOADLEVELER, COBALT, CONDOR, UNKNOWN,"
                + " CUSTOM_SLURM, CUSTOM_PBS, CUSTOM_TORQUE, CUSTOM_MOAB, CUSTOM_SGE,"
                + " CUSTOM_GRIDENGINE, CUSTOM_LSF, CUSTOM_LOADLEVELER, CUSTOM_COBALT,"
                + " CUSTOM_CONDOR",
            "systems/cluster.json: colour is not a known field; known are _links, available, created,"
                + " default, description, environment, executionType, globalDefault, id, lastModified,"
                + " lastUpdated, login, loginEnvironment, maxSystemJobs, maxSystemJobsPerUser, name, owner, public, queues,"
                + " revision, roles, scheduler, scratchDir, site, startupScript, status, storage, tenantId,"
                + " type, uuid, workDir",
            "systems/cluster.json: maxSystemJobs is 0; it must be -1 for no limit, or a whole"
                + " number from 1",
            "systems/cluster.json: login.protocol is \"TELNET\"; it must be one of LOCAL, SSH,"
                + " GSISSH, API",
            "systems/cluster.json: login.port is 99999; it must be a whole number from 1 to 65535",
            "systems/cluster.json: storage.protocol is \"SCP\"; it must be one of LOCAL, SFTP, FTP,"
                + " IRODS, IRODS4, HTTP, HTTPS, GRIDFTP, AZURE, S3, SWIFT",
            "systems/cluster.json: storage.homeDir is \"../..\"; it must be a path inside its"
                + " storage, without \"..\" segments and NUL",
            "systems/cluster.json: storage.rootDir must be a string of 1 to 4096 characters",
            "systems/cluster.json: queues[0].maxUserJobs is 5; it must be less than the maxJobs for"
                + " this queue, or equal to it: 4",
            "systems/cluster.json: queues[1].name is \"a\"; it must be different for each queue of"
                + " the system",
            "systems/cluster.json: queues[1].maxNodes is 0; it must be -1 for no limit, or a whole"
                + " number from 1",
            "systems/cluster.json: queues[1].maxJobs is -2; it must be -1 for no limit, or a whole"
                + " number from 1",
            "systems/cluster.json: queues[1].maxProcessorsPerNode is 1.5; it must be -1 for no"
                + " limit, or a whole number from 1",
            "systems/cluster.json: queues[1].maxMemoryPerNode is \"much\"; it must be -1 for no"
                + " limit, a positive number of GB, or a number and one of KB, MB, GB, TB, PB, EB",
            "systems/cluster.json: queues[1].maxRequestedTime is \"24h\"; it must be a positive"
                + " time as HH:mm:ss, such as 24:00:00");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'id':'a','value':{'type':'text'}} | value.type is \"text\"; it must be one of STRING, NUM",
        "{'id':'a'} | type must be one of STRING",
        "{'value':{'type':'string'}} | id must be a string of 1 to 64 characters",
        "{'id':'a b','value':{'type':'string'}} | id is \"a b\"; it must be letters, digits",
        "{'id':'a','value':{'type':'enumeration'}} | value.enum_values must be an array",
        "{'id':'a','value':{'type':'enumeration','enumValues':[]}} | value.enumValues must be an array"
            + " of the legal values of an enumeration",
        "{'id':'a','value':{'type':'enumeration','enumValues':[[]]}} | value.enumValues[0] must be",
        "{'id':'a','value':{'type':'enumeration','enumValues':['b'],'default':'c'}}"
            + " | value.default is \"c\"; it must be one of b",
        "{'id':'a','value':{'type':'number','default':'ten'}} | value.default is \"ten\"; it must",
        "{'id':'a','value':{'type':'bool','default':[true,'maybe']}} | value.default[1] is \"maybe\"",
        "{'id':'a','value':{'type':'string','validator':'('}} | value.validator is \"(\"; it must be",
        "{'id':'a','value':{'type':'string','visible':false}} | value.default must be given",
        "{'id':'a','value':{'type':'string','tpye':1}} | value.tpye is not a known field; known are",
        "{'id':'a','value':{'type':'string'},'details':{'text':1}} | details.text is not a known field; known are",
        "{'id':'a','value':{'type':'string'},'type':'number'} | type is \"number\"; it must not be",
        "{'id':'a','value':7} | value must be an object",
        "{'id':'a','value':{'type':'string'},'semantics':{'minCardinality':3,'maxCardinality':2}}"
            + " | semantics.maxCardinality is 2; it must not be less than minCardinality",
        "{'id':'a','value':{'type':'string'},'semantics':{'maxCardinality':0}}"
            + " | semantics.maxCardinality is 0; it must be -1 for no limit",
        "7 | must be an object"
      })
  void parametersAreChecked(String parameter, String problem) throws IOException {
    write(
        "apps/wc.json",
        APP.replace(
            "\"templatePath\"",
            "\"parameters\":[%s],\"templatePath\"".formatted(parameter.replace('\'', '"'))));

    assertThat(problems())
        .anySatisfy(
            it ->
                assertThat(it.replace("parameters[0] ", "parameters[0]."))
                    .startsWith("apps/wc.json: parameters[0]." + problem));
  }

  @Test
  void keysAreUniqueAmongInputsAndParameters() throws IOException {
    write(
        "apps/wc.json",
        APP.replace(
            "\"templatePath\"",
            "\"inputs\":[{\"id\":\"a\"}],\"parameters\":[{\"id\":\"a\",\"type\":\"bool\"}],"
                + "\"templatePath\""));

    assertThat(problems())
        .containsExactly(
            "apps/wc.json: parameters[0].id is \"a\"; it must be different for each input and"
                + " parameter of the app");
  }

  @Test
  void appsReferToWhatTheirTenantsSee() throws IOException {
    write("systems/own.json", LOCAL.replace("\"local\"", "\"own\",\"tenantId\":\"acme\""));
    write(
        "apps/wc.json",
        APP.replace("\"local\"", "\"own\",\"deploymentSystem\":\"gone\",\"id\":\"wc-1\""));

    assertThat(problems())
        .containsExactly(
            "apps/wc.json: id is \"wc-1\"; it must be name and version with a hyphen between them:"
                + " \"wc-1.00\"",
            "apps/wc.json: executionSystem is \"own\"; it must be the id of an execution system"
                + " that every tenant sees",
            "apps/wc.json: deploymentSystem is \"gone\"; it must be the id of a system that every"
                + " tenant sees");
  }

  @Test
  void aDefaultQueueIsOneOfTheSystem() throws IOException {
    write(
        "systems/local.json",
        LOCAL.replace("\"login\"", "\"queues\":[{\"name\":\"q\"}],\"login\""));
    write("apps/wc.json", APP.replace("\"name\"", "\"defaultQueue\":\"r\",\"name\""));

    assertThat(problems())
        .containsExactly(
            "apps/wc.json: defaultQueue is \"r\"; it must be the name of a queue of the system"
                + " local");
  }

  @Test
  void idsAreUniqueForEachTenant() throws IOException {
    write("apps/again.json", APP);
    write("apps/own.json", APP.replace("\"name\"", "\"tenantId\":\"acme\",\"name\""));
    write("systems/z.json", STORE.replace("\"store\"", "\"local\"").replace("true", "false"));

    assertThat(problems())
        .containsExactly(
            "apps/own.json: id is \"wc-1.00\"; it must be different from that of apps/again.json",
            "apps/wc.json: id is \"wc-1.00\"; it must be different from that of apps/again.json",
            "apps/wc.json: id is \"wc-1.00\"; it must be different from that of apps/own.json",
            "systems/z.json: id is \"local\"; it must be different from that of"
                + " systems/local.json");
  }

  @Test
  void thereIsOneDefaultStorageAtMost() throws IOException {
    write("systems/two.json", STORE.replace("\"store\"", "\"two\""));
    assertThat(problems())
        .containsExactly(
            "systems/two.json: default is true; it must be true for one storage system of all"
                + " tenants only, and is for store already");

    write("systems/two.json", STORE.replace("\"store\"", "\"two\"").replace("true", "false"));
    write("systems/store.json", STORE.replace("true", "false"));
    assertThat(read().defaultStorageSystem("acme")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'auth':{'type':'PASSWORD','password':'hunter2','pasword':'hunter2'}",
        "'auth':'hunter2'",
        "'auth':['hunter2']",
        "'password':'hunter2'",
        "'auth':{'password':'hunter2','password':'hunter2'}",
        "'auth':{'password':hunter2}",
        "'auth':{'password':['hunter2'],'username':['hunter2'],'privateKey':{'a':'hunter2'}}",
        "'auth':{'username':'\\u0000hunter2','type':{'hunter2':'hunter2'}}"
      })
  void credentialsNeverShow(String fields) throws IOException {
    write(
        "systems/store.json",
        STORE.replace("\"rootDir\"", fields.replace('\'', '"') + ",\"rootDir\""));

    assertThatThrownBy(this::read)
        .isInstanceOf(InvalidDefinitionException.class)
        .hasMessageContaining("systems/store.json")
        .hasMessageNotContaining("hunter2")
        .hasNoCause();
  }

  @Test
  void accountsOverSshMakeSense() throws IOException {
    write(
        "systems/a.json",
        """
        {"id":"a","type":"STORAGE","storage":{"protocol":"SFTP","host":"h","rootDir":"/",
         "proxy":{"host":"p","port":"70000","user":"u"},
         "auth":{"password":"p"}}}
        """);
    write(
        "systems/b.json",
        """
        {"id":"b","type":"STORAGE","storage":{"protocol":"SFTP","host":"h","rootDir":"/",
         "proxy":{"port":2222},
         "auth":{"type":"sshkeys","username":"u\\n","publicKey":"k"}}}
        """);
    write(
        "systems/c.json",
        """
        {"id":"c","type":"STORAGE","storage":{"protocol":"SFTP","host":"h","rootDir":"/",
         "auth":{"type":"PASSWORD","username":"u","privateKey":"k"}}}
        """);
    write(
        "systems/d.json",
        """
        {"id":"d","type":"STORAGE","storage":{"protocol":"SFTP","host":"h","rootDir":"/",
         "auth":{"type":"SSHKEYS","username":"u","password":"p"}}}
        """);

    assertThat(problems())
        .containsExactly(
            "systems/a.json: storage.proxy.port is \"70000\"; it must be a whole number from 1 to"
                + " 65535",
            "systems/a.json: storage.proxy.user is not a known field; known are host, name, port",
            "systems/a.json: storage.auth.username must name the account that the password or key"
                + " is for",
            "systems/b.json: storage.auth.username must not be blank and have no control characters",
            "systems/b.json: storage.proxy.host must be a string of 1 to 255 characters",
            "systems/b.json: storage.auth.privateKey must be there if there is a publicKey",
            "systems/c.json: storage.auth.type must be SSHKEYS for a privateKey",
            "systems/d.json: storage.auth.type must be PASSWORD for a password without a"
                + " privateKey");
  }

  @Test
  void pathsThatAreMeantForAShellAreRefused() throws IOException {
    write(
        "systems/local.json",
        LOCAL
            .replace(
                "\"login\"",
                "\"scratchDir\":\"~/scratch\",\"workDir\":\"$WORK/jobs\","
                    + "\"startupScript\":\"~bob/start.sh\",\"login\"")
            .replace("/data/work", "${HOME}/data"));
    write("systems/store.json", STORE.replace("\"home\"", "\"~\""));
    write("apps/wc.json", APP.replace("apps/wc", "$APPS/wc").replace("wrapper.sh", "~/wrapper.sh"));

    String itself =
        "; it must be the path itself, since no shell expands \"~\" or variables in it: an absolute"
            + " path, or one that is relative to the storage's homeDir, such as \"scratch\"";
    assertThat(problems())
        .containsExactlyInAnyOrder(
            "apps/wc.json: deploymentPath is \"$APPS/wc\"" + itself,
            "apps/wc.json: templatePath is \"~/wrapper.sh\"" + itself,
            "systems/local.json: storage.rootDir is \"${HOME}/data\"; it must be the path itself,"
                + " since no shell expands \"~\" or variables in it, such as \"/home/alice\"",
            "systems/local.json: workDir is \"$WORK/jobs\"" + itself,
            "systems/local.json: scratchDir is \"~/scratch\"" + itself,
            "systems/local.json: startupScript is \"~bob/start.sh\"; it must be a path on the host"
                + " that begins with \"/\", with \"~/\" for the account's home directory, or with"
                + " neither for the job's work directory; variables and the homes of others are not"
                + " expanded",
            "systems/store.json: storage.homeDir is \"~\"" + itself);
  }

  @Test
  void aStartupScriptMayBeInTheHomeDirectory() throws IOException {
    write(
        "systems/local.json",
        LOCAL.replace("\"login\"", "\"startupScript\":\"~/.profile\",\"login\""));

    assertThat(read().executionSystem("acme", "local").orElseThrow().startupScript())
        .isEqualTo("~/.profile");
  }

  @Test
  void onlySlurmMakesLoginEnvironments() throws IOException {
    String asking = LOCAL.replace("\"login\"", "\"loginEnvironment\":true,\"login\"");
    write("systems/local.json", asking.replace("fork", "slurm"));

    assertThat(read().executionSystem("acme", "local").orElseThrow().loginEnvironment()).isTrue();

    write("systems/local.json", asking);

    assertThat(problems())
        .containsExactly(
            "systems/local.json: loginEnvironment is true; it must be false, because only SLURM and"
                + " CUSTOM_SLURM can make it; a startupScript such as \"~/.profile\" sets what jobs"
                + " of other schedulers need");
  }

  @Test
  void commandsAndFilesOfASystemAreOnTheSameHost() throws IOException {
    String ssh = "\"login\":{\"protocol\":\"SSH\",\"host\":\"h\"}";
    String local = "\"login\":{\"protocol\":\"LOCAL\"}";
    String here = "\"storage\":{\"protocol\":\"LOCAL\",\"rootDir\":\"/\"}";
    String there = "\"storage\":{\"protocol\":\"%s\",\"host\":\"d\",\"rootDir\":\"/\"}";
    List<String> accesses =
        List.of(
            ssh + "," + here,
            ssh.replace("SSH", "GSISSH") + "," + here,
            local + "," + there.formatted("SFTP"),
            local + "," + there.formatted("S3"),
            ssh + "," + there.formatted("SFTP"),
            ssh + "," + there.formatted("IRODS"),
            local + "," + here);
    for (int i = 0; i < accesses.size(); i++) {
      write(
          "systems/" + i + ".json",
          """
          {"id":"%s","type":"EXECUTION","scheduler":"FORK","executionType":"CLI",%s}
          """
              .formatted(i, accesses.get(i)));
    }

    assertThat(problems())
        .containsExactly(
            "systems/0.json: storage.protocol is \"LOCAL\"; it must be SFTP, or another that reaches"
                + " the login's host, for a login that is SSH: LOCAL files are on this host, where"
                + " no command runs",
            "systems/1.json: storage.protocol is \"LOCAL\"; it must be SFTP, or another that reaches"
                + " the login's host, for a login that is GSISSH: LOCAL files are on this host,"
                + " where no command runs",
            "systems/2.json: storage.protocol is \"SFTP\"; it must be LOCAL for a login that is"
                + " LOCAL: commands run on this host and need their files here",
            "systems/3.json: storage.protocol is \"S3\"; it must be LOCAL for a login that is"
                + " LOCAL: commands run on this host and need their files here");
  }

  @Test
  void theDefinitionsDirectoryMayHaveAnyName() throws IOException {
    Path odd = directory.resolve("~$HOME");
    Files.createDirectories(odd.resolve("systems"));
    Files.writeString(odd.resolve("systems/store.json"), STORE);

    assertThat(
            DefinitionCatalog.read(odd)
                .storageSystem("acme", "store")
                .orElseThrow()
                .storage()
                .rootDir())
        .isEqualTo(odd.toAbsolutePath().resolve("files").toString());
  }

  @Test
  void onlyALocalRootMayBeRelative() throws IOException {
    write(
        "systems/sftp.json",
        """
        {"id":"sftp","type":"STORAGE","storage":{"protocol":"SFTP","rootDir":"files"}}
        """);

    assertThat(problems())
        .containsExactly(
            "systems/sftp.json: storage.host must be a string of 1 to 255 characters",
            "systems/sftp.json: storage.rootDir is \"files\"; it must begin with a slash, except"
                + " for the protocol LOCAL");
  }

  @Test
  void environmentVariablesHaveNames() throws IOException {
    write(
        "systems/local.json",
        LOCAL.replace("\"login\"", "\"environment\":[\"A=1\",\"B C=2\"],\"login\""));

    assertThat(problems())
        .containsExactly(
            "systems/local.json: environment[1] must be NAME=value without control characters");
  }

  @Test
  void theDirectoryMustBeThere() {
    assertThatThrownBy(() -> DefinitionCatalog.read(directory.resolve("nowhere")))
        .isInstanceOf(InvalidDefinitionException.class)
        .hasMessageContaining("nowhere: must be a directory with definitions");
  }

  @Test
  void programsDefineTheirOwn() {
    DefinitionCatalog file = read();
    App app = file.app("acme", "wc-1.00").orElseThrow();
    ExecutionSystem system = file.executionSystem("acme", "local").orElseThrow();
    StorageSystem storage = file.storageSystem("acme", "store").orElseThrow();

    DefinitionCatalog catalog =
        DefinitionCatalog.of(List.of(app), List.of(system), List.of(storage));

    assertThat(catalog.app("acme", "wc-1.00")).contains(app);
    assertThat(catalog.defaultStorageSystem("acme")).contains(storage);
    assertThatThrownBy(
            () -> DefinitionCatalog.of(List.of(app), List.of(), List.of(storage, storage)))
        .isInstanceOf(InvalidDefinitionException.class)
        .hasMessage(
            """
            Invalid definitions:
              system store: id is "store"; it must be different from that of system store
              app wc-1.00: executionSystem is "local"; it must be the id of an execution system \
            that every tenant sees
              system store: default is true; it must be true for one storage system of all tenants \
            only, and is for store already""");
  }
}
