using Reacher.Fast;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;

// Training is a call: it ends when the task is solved, or after its transitions.
using IVectorEnvironment environment = VectorEnvironment.Of(() => new SwingUp(), agents: 8);
TrainingResult result = await Trainer.TrainAsync(
    environment,
    new SacOptions { HiddenUnits = 64 },
    new TrainingOptions
    {
        Name = "SwingUp",
        MaxTransitions = 100_000,
        TransitionsPerUpdate = 2,
        Threshold = 300,
        EvaluationWindow = 10,
        Seed = 1,
        Log = Console.WriteLine,
    });
Console.WriteLine($"{result.Outcome} after {result.Transitions} transitions and {result.Seconds:F1} s: {result.FinalScore:F0} of 500.");
Console.WriteLine($"The model for Unity is {result.OnnxFile}.");

// The policy plays in this program.
using Policy policy = result.LoadPolicy();
var swingUp = new SwingUp();
float[] observation = new float[swingUp.ObservationSize], action = new float[swingUp.ActionSize];
swingUp.Reset(seed: 7, observation);
float score = 0;
for (StepResult step = default; !step.Terminated && !step.Truncated;)
{
    policy.Act(observation, action);
    step = swingUp.Step(action, observation);
    score += step.Reward;
}

Console.WriteLine($"One episode played here: {score:F0}.");
return score > 200 ? 0 : 1;
