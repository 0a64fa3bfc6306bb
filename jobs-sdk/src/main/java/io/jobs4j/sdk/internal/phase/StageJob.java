package io.jobs4j.sdk.internal.phase;

import io.jobs4j.core.lifecycle.JobStatus;
import io.jobs4j.core.model.App;
import io.jobs4j.core.model.ConditionCode;
import io.jobs4j.core.model.ExecutionSystem;
import io.jobs4j.core.model.StorageAccess;
import io.jobs4j.core.spi.FileStorage;
import io.jobs4j.core.spi.PermanentAdapterException;
import io.jobs4j.core.spi.RecoveryCondition;
import io.jobs4j.core.spi.StoragePath;
import io.jobs4j.core.spi.TransientAdapterException;
import io.jobs4j.core.wire.JobMapping;
import io.jobs4j.sdk.internal.launch.JobVariables;
import io.jobs4j.sdk.internal.launch.LaunchScript;
import io.jobs4j.sdk.internal.launch.WorkDirectory;
import io.jobs4j.sdk.internal.launch.WrapperTemplate;
import io.jobs4j.sdk.internal.store.JobChange;
import io.jobs4j.sdk.internal.transfer.TransferPlan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Puts the application's files and the launch script beside the inputs, and notes what is there
 * before launch, so that later everything else can be told as output.
 */
public final class StageJob implements Phase {
  private static final int TEMPLATE_LIMIT = 1 << 20;

  @Override
  public PhaseResult run(PhaseContext context) throws InterruptedException {
    stage(context);
    int attempt = context.job().submitRetries() + 1;
    return new PhaseResult.Advance(
        JobChange.to(JobStatus.SUBMITTING, JobStatus.SUBMITTING.description())
            .then(JobStatus.SUBMITTING, "Attempt " + attempt + " to submit job")
            .workPath(context.workPath().toString())
            .countSubmitAttempt());
  }

  /** Puts all files in place; those that are there already stay. */
  static void stage(PhaseContext context) throws InterruptedException {
    ExecutionSystem system = context.system();
    FileStorage work = context.workStorage();
    StoragePath workPath = context.workPath();
    // With it the work directory itself; adapters are faster when they find it.
    work.makeDirectories(workPath.resolve(WorkDirectory.CONTROL));
    work.makePrivate(workPath);
    StagedInputs inputs = StagedInputs.of(context);
    try {
      byte[] script = script(context, system, inputs);
      stageAssets(context, inputs, work, workPath);
      work.write(
          workPath.resolve(context.workDirectory().script()),
          new ByteArrayInputStream(script),
          context.now(),
          true);
      work.makePrivate(workPath.resolve(context.workDirectory().script()));
    } catch (PermanentAdapterException e) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_UNABLE_TO_STAGE_JOB,
          Sentences.of(
              "Application %s cannot be staged: %s"
                  .formatted(context.job().appId(), e.getMessage())),
          e);
    }
    if (context.job().archive()) {
      // Nobody else asks what is output.
      writeManifest(context, work, workPath);
    }
  }

  private static void writeManifest(PhaseContext context, FileStorage work, StoragePath workPath)
      throws InterruptedException {
    TransferPlan present =
        TransferPlan.of(
            work,
            List.of(new TransferPlan.Root(workPath, workPath)),
            path -> path.equals(WorkDirectory.CONTROL));
    List<StoragePath> notOutput =
        new ArrayList<>(present.files().stream().map(TransferPlan.Item::target).toList());
    notOutput.addAll(present.emptyDirectories());
    Manifest.of(notOutput, workPath).write(work, workPath, context.now());
  }

  private static void stageAssets(
      PhaseContext context, StagedInputs inputs, FileStorage work, StoragePath workPath)
      throws InterruptedException {
    Deployment deployment = Deployment.of(context);
    Set<String> taken = new HashSet<>(context.workDirectory().reserved());
    inputs.names().values().forEach(taken::addAll);
    TransferPlan plan =
        TransferPlan.of(
            deployment.storage(),
            List.of(new TransferPlan.Root(deployment.path(), workPath)),
            path -> {
              requireFree(path, taken);
              return false;
            });
    context
        .transfers()
        .run(
            plan,
            deployment.storage(),
            work,
            deployment.path().toString(),
            new ProgressReports(JobStatus.STAGING_JOB, context),
            context.cancelled());
  }

  private static void requireFree(String path, Set<String> taken) {
    if (taken.contains(path)) {
      throw new PermanentAdapterException(
          ConditionCode.JOB_UNABLE_TO_STAGE_JOB,
          "its file \"%s\" has the name of an input or of a file that jobs4j keeps there."
              .formatted(path));
    }
  }

  private static byte[] script(PhaseContext context, ExecutionSystem system, StagedInputs inputs)
      throws InterruptedException {
    App app = context.app();
    return LaunchScript.render(
        system,
        app,
        template(context, app),
        inputs.names(),
        JobMapping.decodeParameters(context.job().parameters()),
        JobVariables.names(context.job()));
  }

  private static WrapperTemplate template(PhaseContext context, App app)
      throws InterruptedException {
    Deployment deployment = Deployment.of(context);
    StoragePath file = deployment.path().resolve(app.templatePath());
    try (InputStream stream = deployment.storage().read(file, 0)) {
      byte[] bytes = stream.readNBytes(TEMPLATE_LIMIT + 1);
      if (bytes.length > TEMPLATE_LIMIT) {
        throw new PermanentAdapterException(
            ConditionCode.JOB_UNABLE_TO_STAGE_JOB,
            "its template %s has more than %s bytes.".formatted(file, TEMPLATE_LIMIT));
      }
      return WrapperTemplate.read(file.toString(), bytes);
    } catch (IOException e) {
      throw new TransientAdapterException(
          RecoveryCondition.SYSTEM_NOT_AVAILABLE,
          Sentences.of("The template %s could not be read: %s".formatted(file, e.getMessage())),
          e);
    }
  }

  /** Where the application's files are. */
  private record Deployment(FileStorage storage, StoragePath path) {
    static Deployment of(PhaseContext context) {
      App app = context.app();
      String id = app.deploymentSystem();
      StorageAccess access =
          id == null ? context.system().storage() : context.storageSystem(id).storage();
      FileStorage storage =
          id == null ? context.workStorage() : context.systems().storage(context.storageSystem(id));
      return new Deployment(storage, StoragePath.parse(access.homeDir(), app.deploymentPath()));
    }
  }
}
