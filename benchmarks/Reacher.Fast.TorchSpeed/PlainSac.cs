using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using TorchSharp;
using TorchSharp.Modules;
using Tensor = TorchSharp.torch.Tensor;

namespace Reacher.Fast.TorchSpeed;

/// <summary>
/// SAC as TorchSharp's examples write a training step: modules, an optimiser each, <c>backward</c>, batches by <c>torch.tensor</c>, targets
/// parameter by parameter. What a user has who writes it without this project.
/// </summary>
internal sealed class PlainSac : IDisposable
{
    private readonly torch.Device device;
    private readonly SacOptions options;
    private readonly int actionSize;
    private readonly Sequential actor;
    private readonly Sequential critic1;
    private readonly Sequential critic2;
    private readonly Sequential target1;
    private readonly Sequential target2;
    private readonly torch.optim.Optimizer actorOptimizer;
    private readonly torch.optim.Optimizer criticOptimizer;
    private readonly torch.optim.Optimizer alphaOptimizer;
    private readonly Parameter logAlpha;

    public PlainSac(SacOptions options, TransitionSpec spec, torch.Device device)
    {
        (this.options, this.device, actionSize) = (options, device, spec.ActionSize);
        actor = Layers(spec.ObservationSize, 2 * spec.ActionSize);
        int inputs = spec.ObservationSize + spec.ActionSize;
        (critic1, critic2, target1, target2) = (Layers(inputs, 1), Layers(inputs, 1), Layers(inputs, 1), Layers(inputs, 1));
        target1.load_state_dict(critic1.state_dict());
        target2.load_state_dict(critic2.state_dict());
        logAlpha = new Parameter(torch.zeros(1, device: device));
        actorOptimizer = torch.optim.Adam(actor.parameters(), options.LearningRate);
        criticOptimizer = torch.optim.Adam(critic1.parameters().Concat(critic2.parameters()), options.LearningRate);
        alphaOptimizer = torch.optim.Adam([logAlpha], options.LearningRate);
    }

    public float Update(in TransitionBatch batch)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Tensor s = Rows(batch.Observations, batch.Count), a = Rows(batch.Actions, batch.Count), next = Rows(batch.NextObservations, batch.Count);
        Tensor rewards = Rows(batch.Rewards, batch.Count), discounts = Rows(batch.Discounts, batch.Count);
        Tensor y;
        using (torch.no_grad())
        {
            (Tensor nextAction, Tensor nextLogPi) = Sample(next);
            Tensor input = torch.cat([next, nextAction], 1);
            y = rewards + (discounts * (torch.minimum(target1.call(input), target2.call(input)) - (logAlpha.exp() * nextLogPi)));
        }

        Tensor both = torch.cat([s, a], 1);
        Tensor criticLoss = torch.nn.functional.mse_loss(critic1.call(both), y) + torch.nn.functional.mse_loss(critic2.call(both), y);
        criticOptimizer.zero_grad();
        criticLoss.backward();
        criticOptimizer.step();

        (Tensor action, Tensor logPi) = Sample(s);
        Tensor chosen = torch.cat([s, action], 1);
        Tensor policyLoss = ((logAlpha.exp().detach() * logPi) - torch.minimum(critic1.call(chosen), critic2.call(chosen))).mean();
        actorOptimizer.zero_grad();
        policyLoss.backward();
        actorOptimizer.step();

        Tensor alphaLoss = -(logAlpha.exp() * (logPi.detach() - actionSize)).mean();
        alphaOptimizer.zero_grad();
        alphaLoss.backward();
        alphaOptimizer.step();

        using (torch.no_grad())
        {
            Follow(target1, critic1);
            Follow(target2, critic2);
        }

        return criticLoss.item<float>();
    }

    public void Dispose()
    {
        foreach (torch.nn.Module module in new[] { actor, critic1, critic2, target1, target2 })
        {
            module.Dispose();
        }

        actorOptimizer.Dispose();
        criticOptimizer.Dispose();
        alphaOptimizer.Dispose();
        logAlpha.Dispose();
    }

    private Sequential Layers(int inputs, int outputs)
    {
        IReadOnlyList<int> hidden = options.HiddenSizes;
        return torch.nn.Sequential(
            torch.nn.Linear(inputs, hidden[0]), torch.nn.ReLU(), torch.nn.Linear(hidden[0], hidden[1]), torch.nn.ReLU(),
            torch.nn.Linear(hidden[1], outputs)).to(device);
    }

    private Tensor Rows(ReadOnlySpan<float> values, int count) =>
        torch.tensor(values.ToArray(), [count, values.Length / count]).to(device);

    private (Tensor Action, Tensor LogPi) Sample(Tensor observations)
    {
        Tensor[] halves = actor.call(observations).chunk(2, 1);
        Tensor logSigma = IPolicyKernels.LogStandardDeviationMin + (3.5 * (halves[1].tanh() + 1));
        Tensor noise = torch.randn_like(logSigma), u = halves[0] + (logSigma.exp() * noise), action = u.tanh();
        Tensor logPi = (-0.5 * noise.square()) - logSigma - 0.919 - (2 * (0.693 - u - torch.nn.functional.softplus(-2 * u)));
        return (action, logPi.sum(1, keepdim: true));
    }

    private void Follow(Sequential target, Sequential source)
    {
        foreach ((Parameter to, Parameter from) in target.parameters().Zip(source.parameters()))
        {
            to.mul_(1 - options.Tau).add_(from, options.Tau);
        }
    }
}
