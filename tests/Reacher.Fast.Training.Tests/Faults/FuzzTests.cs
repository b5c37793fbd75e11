using System.Text;
using Reacher.Fast.Core;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Tests.Reporting;

namespace Reacher.Fast.Training.Tests.Faults;

/// <summary>
/// Whatever the text files of a run hold, their readers give what there is or one typed error, in memory bounded by the file's
/// length. Another exception would end the process that reads, with nothing said about the file and the line.
/// </summary>
public sealed class FuzzTests
{
    private const string HowToRun =
        "Half a minute each: dotnet test -c Release tests/Reacher.Fast.Runner.Tests --filter TestCategory=Stress";

    private const int Mutations = 40_000;
    private const int LongestFile = 100_000;
    private const int LargestCorpus = 200;
    private const int BytesPerByte = 60;

    [Test]
    [Category("Stress")]
    [Explicit("reads 40,000 files: dotnet test -c Release tests/Reacher.Fast.Training.Tests --filter TestCategory=Stress")]
    public void The_configuration_survives_mutations()
    {
        string whole =
            """
            behaviors:
              Reacher:
                trainer_type: sac
                hyperparameters: {learning_rate: 3.0e-4, batch_size: 128, buffer_size: 5.0e5, tau: 0.005, steps_per_update: 20.0}
                network_settings:
                  normalize: true
                  hidden_units: 128
                  memory: null
                reward_signals:
                  extrinsic: {gamma: 0.99, strength: 1.0}
                keep_checkpoints: 5
                max_steps: 6000000
            env_settings:
              env_path: null
              env_args: [--difficulty, "3"]
              seed: 12
            environment_parameters:
              goal_speed: 2
              goal_size:
                sampler_type: uniform
                sampler_parameters: {min_value: 4, max_value: 6.5}
              goal_height:
                curriculum: [{value: 1}]
            """;
        Run(21, Encoding.UTF8.GetBytes(whole), file => ConfigurationLoader.Parse(Encoding.UTF8.GetString(file), "test.yaml", []));
    }

    [Test]
    [Category("Stress")]
    [Explicit(HowToRun)]
    public void The_metrics_survive_mutations()
    {
        using var folder = new TemporaryFolder();
        string path = folder["metrics.jsonl"];
        using (var file = new MetricsFile(path))
        {
            foreach (MetricsLine line in SyntheticRun.Lines(trainingEpisodes: 2).TakeLast(12))
            {
                file.Append(line);
            }
        }

        RunOnDisk(22, path, () => MetricsFile.Read(path));
    }

    [Test]
    [Category("Stress")]
    [Explicit(HowToRun)]
    public void The_evaluations_survive_mutations()
    {
        using var folder = new TemporaryFolder();
        string path = folder["evaluations.jsonl"];
        using (var log = new EvaluationLog(path, recent: 100))
        {
            for (int episode = 0; episode < 12; episode++)
            {
                log.Append(new EvaluationRecord(episode, episode / 3.0, 0.5, 20, 1000, episode, DateTimeOffset.UnixEpoch));
            }
        }

        RunOnDisk(23, path, () => EvaluationLog.Read(path));
    }

    [TestCase(TrainerType.Sac)]
    [TestCase(TrainerType.Td3)]
    [Category("Stress")]
    [Explicit(HowToRun)]
    public void The_plan_survives_mutations(object trainer)
    {
        using var folder = new TemporaryFolder();
        string path = folder["plan.json"];
        RunPlanner.Plan(BuiltInTask.Arm.Begin((TrainerType)trainer) with { RunId = "a", Seed = 3 }, 20, 33, 4).Save(path);
        RunOnDisk(24, path, () => RunPlan.Load(path));
    }

    private static void RunOnDisk(int seed, string path, Action read) => Run(seed, File.ReadAllBytes(path), file =>
    {
        File.WriteAllBytes(path, file);
        read();
    });

    /// <summary>Mutates the file and, so as to get far from it, some of what came of that, read or refused.</summary>
    private static void Run(int seed, byte[] whole, Action<byte[]> read)
    {
        var random = new Random(seed);
        var corpus = new List<byte[]> { whole };
        int accepted = 0, refused = 0, crashed = 0;
        long mostAllocated = 0;
        var crashes = new Dictionary<string, string>();
        for (int i = 0; i < Mutations; i++)
        {
            byte[] file = Mutation.Of(random.Next(2) == 0 ? whole : corpus[random.Next(corpus.Count)], random);
            if (file.Length > LongestFile)
            {
                continue;
            }

            bool keep = false;
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read(file);
                keep = ++accepted % 50 == 0;
            }
            catch (InputException)
            {
                keep = ++refused % 500 == 0;
            }
            catch (Exception unexpected)
            {
                // All kinds of them are wanted, not the first alone, each with one file that brings it about.
                string place = unexpected.StackTrace!.Split('\n')[0].Trim();
                crashes.TryAdd($"{unexpected.GetType().Name} {place}", Encoding.Latin1.GetString(file));
                crashed++;
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            mostAllocated = Math.Max(mostAllocated, allocated - (BytesPerByte * file.Length));
            // Of what was cut short little can come.
            if (keep && file.Length > whole.Length / 2 && corpus.Count < LargestCorpus)
            {
                corpus.Add(file);
            }
        }

        TestContext.Out.WriteLine($"{accepted} accepted, {refused} refused, {crashed} crashed");
        TestContext.Out.WriteLine($"at most {mostAllocated} bytes allocated beyond {BytesPerByte} for each of the file's");
        Assert.That(crashes, Is.Empty);
        Assert.That(mostAllocated, Is.LessThan(1_000_000), "a small file never takes much memory");
    }
}
