#!/usr/bin/env python3
"""How many SAC or TD3 updates a second PyTorch makes by itself, at the sizes that `--quick update` measures here: no environment, no
logging. One update draws a batch from a replay on the device, then trains critics, policy and entropy coefficient and moves the targets.

    python3 benchmarks/peers/pytorch_update.py --device cpu --threads 1
    python3 benchmarks/peers/pytorch_update.py --device cuda --mode compile+graph --tf32

The twin critics are one batched product, the optimiser is fused where PyTorch has it, and nothing is read back inside an update: this is what a
careful user of PyTorch gets, not a straw man. Equations: SAC with tuned entropy coefficient (Haarnoja et al. 2018, 1812.05905),
TD3 (Fujimoto et al. 2018, 1802.09477). Needs PyTorch 1.13 or newer; compile 2.0, graph a GPU."""
import argparse
import math
import statistics
import sys
import time

try:
    import torch
    from torch.nn import functional as F
except ImportError:
    sys.exit("pytorch_update.py: PyTorch is not installed; pip install torch, or leave this comparison out.")

OBSERVATIONS, ACTIONS, GAMMA, TAU, RATE = 33, 4, 0.99, 0.005, 3e-4
LOG_SIGMA_LOW, LOG_SIGMA_HIGH = -5.0, 2.0


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--algo", choices=["sac", "td3"], default="sac")
    parser.add_argument("--mode", choices=["eager", "compile", "graph", "compile+graph"], default="eager")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the replay on the device")
    parser.add_argument("--iters", type=int, default=0, help="updates in one round; 0 for 2000 on a GPU, 200 on a CPU")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=0, help="threads of the CPU; 0 for PyTorch's choice")
    parser.add_argument("--tf32", action="store_true", help="TF32 products on a GPU")
    options = parser.parse_args()
    if "graph" in options.mode and not options.device.startswith("cuda"):
        sys.exit("pytorch_update.py: --mode graph needs --device cuda; CUDA graphs are a GPU's.")
    return options


class Perceptron:
    """Two hidden ReLU layers; `heads` networks of the same shape are computed as one batched product."""

    def __init__(self, inputs, hidden, outputs, device, heads=0):
        self.parameters = []
        for rows, columns in ((inputs, hidden), (hidden, hidden), (hidden, outputs)):
            bound, stack = 1 / math.sqrt(rows), ((heads,) if heads else ())
            for shape in (stack + (rows, columns), stack + ((1, columns) if heads else (columns,))):
                self.parameters.append(torch.empty(shape, device=device).uniform_(-bound, bound).requires_grad_())
        self.product = torch.baddbmm if heads else torch.addmm
        self.heads = heads

    def __call__(self, x, parameters=None):
        w1, b1, w2, b2, w3, b3 = parameters if parameters is not None else self.parameters
        if self.heads:
            x = x.expand(self.heads, *x.shape)
        x = F.relu(self.product(b1, x, w1))
        x = F.relu(self.product(b2, x, w2))
        return self.product(b3, x, w3)

    def frozen(self):
        """The same numbers, through which no gradient reaches the parameters."""
        return [p.detach() for p in self.parameters]


class Replay:
    """Random transitions in one tensor, a row each, so that a batch is one gather."""

    def __init__(self, rows, device):
        self.table = torch.randn(rows, 2 * OBSERVATIONS + ACTIONS + 2, device=device)
        self.table[:, -1] = GAMMA
        self.table[:, OBSERVATIONS:OBSERVATIONS + ACTIONS].tanh_()

    def sample(self, count):
        rows = torch.randint(0, len(self.table), (count,), device=self.table.device)
        widths = (OBSERVATIONS, ACTIONS, OBSERVATIONS, 1, 1)
        observation, action, following, reward, discount = self.table.index_select(0, rows).split(widths, dim=1)
        return observation, action, following, reward, discount


class Agent:
    def __init__(self, options, outputs):
        self.batch, self.replay = options.batch, Replay(options.rows, options.device)
        self.cuda = options.device.startswith("cuda")
        self.actor = Perceptron(OBSERVATIONS, options.hidden, outputs, options.device)
        self.critics = Perceptron(OBSERVATIONS + ACTIONS, options.hidden, 1, options.device, heads=2)
        self.critic_targets = [p.detach().clone() for p in self.critics.parameters]
        self.actor_optimizer, self.critic_optimizer = self.adam(self.actor.parameters), self.adam(self.critics.parameters)

    def adam(self, parameters):
        # capturable: the step count lives on the device, which a graph needs. Not every version fuses on every device.
        extra = {"capturable": True} if self.cuda else {}
        try:
            return torch.optim.Adam(parameters, lr=RATE, fused=True, **extra)
        except (TypeError, RuntimeError):
            return torch.optim.Adam(parameters, lr=RATE, **extra)

    def values(self, observation, action, parameters=None):
        return self.critics(torch.cat((observation, action), dim=1), parameters)

    def train_critics(self, observation, action, target):
        loss = (self.values(observation, action) - target).square().mean(dim=(1, 2)).sum()
        step(self.critic_optimizer, loss)

    @staticmethod
    def follow(targets, sources):
        with torch.no_grad():
            torch._foreach_mul_(targets, 1 - TAU)
            torch._foreach_add_(targets, [p.detach() for p in sources], alpha=TAU)


class Sac(Agent):
    kinds = 1

    def __init__(self, options):
        super().__init__(options, 2 * ACTIONS)
        self.log_alpha = torch.zeros(1, device=options.device, requires_grad=True)
        self.alpha_optimizer = self.adam([self.log_alpha])

    def act(self, observation):
        """A squashed Gaussian's draw and its log-probability."""
        mean, raw = self.actor(observation).chunk(2, dim=1)
        log_sigma = LOG_SIGMA_LOW + 0.5 * (LOG_SIGMA_HIGH - LOG_SIGMA_LOW) * (torch.tanh(raw) + 1)
        noise = torch.randn_like(mean)
        before = mean + log_sigma.exp() * noise
        # log(1 - tanh(u)^2) = 2 (log 2 - u - softplus(-2u)), which does not run out of digits.
        squash = 2 * (math.log(2) - before - F.softplus(-2 * before))
        log_pi = (-0.5 * noise.square() - log_sigma - 0.5 * math.log(2 * math.pi) - squash).sum(dim=1, keepdim=True)
        return torch.tanh(before), log_pi

    def update(self, kind):
        observation, action, following, reward, discount = self.replay.sample(self.batch)
        with torch.no_grad():
            next_action, next_log_pi = self.act(following)
            next_value = self.values(following, next_action, self.critic_targets).amin(dim=0)
            target = reward + discount * (next_value - self.log_alpha.exp() * next_log_pi)
        self.train_critics(observation, action, target)
        chosen, log_pi = self.act(observation)
        value = self.values(observation, chosen, self.critics.frozen()).amin(dim=0)
        step(self.actor_optimizer, (self.log_alpha.detach().exp() * log_pi - value).mean())
        step(self.alpha_optimizer, (-self.log_alpha * (log_pi.detach() - ACTIONS)).mean())
        self.follow(self.critic_targets, self.critics.parameters)


class Td3(Agent):
    # Policy and targets move at every second update, so there are two kinds of it.
    kinds = 2

    def __init__(self, options):
        super().__init__(options, ACTIONS)
        self.actor_targets = [p.detach().clone() for p in self.actor.parameters]

    def update(self, kind):
        observation, action, following, reward, discount = self.replay.sample(self.batch)
        with torch.no_grad():
            noise = (0.2 * torch.randn_like(action)).clamp_(-0.5, 0.5)
            next_action = (torch.tanh(self.actor(following, self.actor_targets)) + noise).clamp_(-1, 1)
            target = reward + discount * self.values(following, next_action, self.critic_targets).amin(dim=0)
        self.train_critics(observation, action, target)
        if kind == 1:
            chosen = torch.tanh(self.actor(observation))
            step(self.actor_optimizer, -self.values(observation, chosen, self.critics.frozen())[0].mean())
            self.follow(self.actor_targets, self.actor.parameters)
            self.follow(self.critic_targets, self.critics.parameters)


def step(optimizer, loss):
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


def prepare(agent, mode):
    """One callable for each kind of update, compiled and captured as asked."""
    calls = []
    for kind in range(agent.kinds):
        call = lambda kind=kind: agent.update(kind)
        if "compile" in mode:
            call = torch.compile(call)
        if "graph" in mode:
            call = capture(call)
        calls.append(call)
    return calls


def capture(call):
    # Warmed up on a side stream, as CUDA graphs want it: gradients and optimiser state must exist before.
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(5):
            call()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        call()
    return graph.replay


def main():
    options = parse()
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.backends.cuda.matmul.allow_tf32 = options.tf32
    torch.manual_seed(0)
    cuda = options.device.startswith("cuda")
    wait = torch.cuda.synchronize if cuda else lambda: None
    calls = prepare(Sac(options) if options.algo == "sac" else Td3(options), options.mode)
    count = options.iters or (2000 if cuda else 200)
    rates = []
    for turn in range(options.rounds + 1):
        wait()
        start = time.perf_counter()
        for i in range(count if turn else 20):
            calls[i % len(calls)]()
        wait()
        # The first turn warms up.
        if turn:
            rates.append(count / (time.perf_counter() - start))
    where = torch.cuda.get_device_name() if cuda else f"{torch.get_num_threads()} threads"
    products = "tf32" if options.tf32 else "fp32"
    print(f"PyTorch {torch.__version__}, {where}, {options.algo} {options.mode} {products}, batch {options.batch}, hidden {options.hidden}: "
          f"median {statistics.median(rates):.1f}, best {max(rates):.1f} updates/s ({1e6 / statistics.median(rates):.1f} us)")


if __name__ == "__main__":
    main()
