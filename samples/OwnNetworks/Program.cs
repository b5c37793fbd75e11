using Reacher.Fast;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Environments.Pendulum;
using Reacher.Fast.Torch.Networks;

// Networks of one's own: any module of TorchSharp that takes observations (and actions) and gives what SAC needs of it.
using var environment = new PendulumEnvironment(8);
TrainingResult result = await Trainer.TrainAsync(
    environment,
    new TorchSacOptions { Policy = spec => new WidePolicy(spec), Critic = spec => new ResidualCritic(spec) },
    new TrainingOptions
    {
        Name = "Pendulum",
        MaxTransitions = 60_000,
        TransitionsPerUpdate = 2,
        WarmupTransitions = 1000,
        Threshold = -200,
        EvaluationWindow = 20,
        Seed = 1,
        Log = Console.WriteLine,
    });
Console.WriteLine($"{result.Outcome} after {result.Transitions} transitions and {result.Seconds:F1} s: {result.FinalScore:F0}.");

// The policy plays in this program, which has its class.
using Policy policy = result.LoadPolicy();
float[] action = new float[1];
policy.Act([1, 0, 0], action);
Console.WriteLine($"Upright and at rest it turns with {action[0]:F2}.");
return result.FinalScore >= -200 ? 0 : 1;
