#!/usr/bin/env python3
"""Writes golden_updates.json: 50 updates of SAC and TD3 in PyTorch, float64, autograd; what GoldenUpdateTests compares with.
Written with Python 3.11, PyTorch 1.13.0a0, numpy 1.24.2:   python3 golden_updates.py > golden_updates.json

Weights, batches and noise are not stored but made by the same Philox as the learner's (see Philox.cs), so that this script
also says what a seed means. Everything from there on is PyTorch's own: Linear, LayerNorm, Adam, clip_grad_norm_, autograd."""
import copy, json, math, sys
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
OBSERVATION, ACTION, BATCH, HIDDEN, UPDATES, SEED, BATCH_SEED = 5, 2, 8, (16, 12), 50, 11, 77
TARGET_ACTION, POLICY_ACTION, TARGET_SMOOTHING, EXPLORATION, INITIALIZATION = range(5)
f32 = lambda x: float(np.float32(x))


def philox_blocks(seed, stream, update, count):
    """Philox4x32-10, counter (index, stream, update low, update high), key (seed low, seed high): [count, 4] words."""
    u64 = np.uint64
    mask, shift = u64(0xFFFFFFFF), u64(32)
    c = [np.arange(count, dtype=u64)] + [np.full(count, x, u64) for x in (stream, update & 0xFFFFFFFF, update >> 32)]
    k0, k1 = u64(seed & 0xFFFFFFFF), u64(seed >> 32)
    for _ in range(10):
        p0, p1 = u64(0xD2511F53)*c[0], u64(0xCD9E8D57)*c[2]
        c = [(p1 >> shift) ^ c[1] ^ k0, p1 & mask, (p0 >> shift) ^ c[3] ^ k1, p0 & mask]
        k0, k1 = (k0 + u64(0x9E3779B9)) & mask, (k1 + u64(0xBB67AE85)) & mask
    return np.stack(c, 1)


def uniforms(seed, stream, update, count):
    x = philox_blocks(seed, stream, update, (count + 3)//4).reshape(-1)[:count]
    return (x >> np.uint64(8)).astype(float)*2.0**-24


def normals(seed, stream, update, count):
    x = philox_blocks(seed, stream, update, (count + 3)//4).reshape(-1, 2) >> np.uint64(8)
    r = np.sqrt(-2*np.log((x[:, 0] + np.uint64(1)).astype(float)*2.0**-24))
    t = 2*np.pi*x[:, 1].astype(float)*2.0**-24
    return np.stack([r*np.cos(t), r*np.sin(t)], 1).reshape(-1)[:count].astype(np.float32).astype(float)


def network(inputs, outputs, layer_norm):
    modules = []
    for size in HIDDEN:
        modules += [nn.Linear(inputs, size), *([nn.LayerNorm(size)] if layer_norm else []), nn.ReLU()]
        inputs = size
    return nn.Sequential(*modules, nn.Linear(inputs, outputs))


def initialize(twins, number):
    """Uniform in +-1/sqrt(fan in); a tensor's numbers are drawn for all heads at once, weights as [heads, in, out]."""
    named = [list(net.named_parameters()) for net in twins]
    fan_in = None
    for i, (name, first) in enumerate(named[0]):
        if first.dim() == 2: fan_in = first.shape[1]
        module = twins[0][int(name.split('.')[0])]
        if isinstance(module, nn.LayerNorm): continue
        x = uniforms(SEED, INITIALIZATION, (number << 32) | i, len(twins)*first.numel())
        x = (x*2 - 1)*(1/math.sqrt(fan_in))
        x = x.astype(np.float32).astype(float).reshape(len(twins), -1)
        for head in range(len(twins)):
            p = named[head][i][1]
            value = x[head].reshape(p.shape[1], p.shape[0]).T if p.dim() == 2 else x[head]
            p.data.copy_(torch.tensor(value.copy()))


def batch(number):
    x = normals(BATCH_SEED, EXPLORATION, number, BATCH*(2*OBSERVATION + ACTION + 2))
    n = BATCH*OBSERVATION
    s, s2 = x[:n].reshape(BATCH, -1), x[n:2*n].reshape(BATCH, -1)
    a = np.tanh(x[2*n:2*n + BATCH*ACTION]).astype(np.float32).astype(float).reshape(BATCH, -1)
    r = (a[:, 0] - .5*s[:, 0]).astype(np.float32).astype(float)
    d = np.array([0. if b % 5 == 4 else f32(.99) for b in range(BATCH)])
    return [torch.tensor(v) for v in (s, a, r, d, s2)]


def run(name, sac, layer_norm, maximum_norm, delay):
    lr, tau, alpha_init = 1e-3, f32(.01), .2
    actor = network(OBSERVATION, 2*ACTION if sac else ACTION, False)
    critics = [network(OBSERVATION + ACTION, 1, layer_norm) for _ in range(2)]
    initialize([actor], 0)
    initialize(critics, 1)
    target_actor, targets = copy.deepcopy(actor), copy.deepcopy(critics)
    critic_parameters = [p for c in critics for p in c.parameters()]
    actor_adam, critic_adam = torch.optim.Adam(actor.parameters(), lr), torch.optim.Adam(critic_parameters, lr)
    log_alpha = torch.tensor(f32(math.log(alpha_init)), requires_grad=True)
    alpha_adam = torch.optim.Adam([log_alpha], lr)
    q = lambda nets, s, a: torch.stack([net(torch.cat([s, a], 1)).squeeze(1) for net in nets])

    def sample(s, stream, update):
        mean, raw = actor(s).chunk(2, 1)
        normal = torch.distributions.Normal(mean, (-5 + 3.5*(torch.tanh(raw) + 1)).exp())
        eps = torch.tensor(normals(SEED, stream, update, BATCH*ACTION).reshape(BATCH, ACTION))
        u = mean + normal.stddev*eps
        return torch.tanh(u), (normal.log_prob(u) - 2*(math.log(2) - u - F.softplus(-2*u))).sum(1)

    def polyak(net, target):
        with torch.no_grad():
            for p, t in zip(net.parameters(), target.parameters()): t += tau*(p - t)

    reports, policy = [], [0., 0., 0., 0.]
    for update in range(1, UPDATES + 1):
        s, a, r, d, s2 = batch(update)
        with torch.no_grad():
            if sac:
                a2, log_pi2 = sample(s2, TARGET_ACTION, update)
                y = r + d*(q(targets, s2, a2).min(0)[0] - log_alpha.exp()*log_pi2)
            else:
                eps = torch.tensor(normals(SEED, TARGET_SMOOTHING, update, BATCH*ACTION).reshape(BATCH, ACTION))
                a2 = (torch.tanh(target_actor(s2)) + (f32(.2)*eps).clamp(-.5, .5)).clamp(-1, 1)
                y = r + d*q(targets, s2, a2).min(0)[0]
        values = q(critics, s, a)
        critic_loss = ((values - y)**2).mean(1).sum()
        critic_adam.zero_grad(); critic_loss.backward()
        critic_norm = nn.utils.clip_grad_norm_(critic_parameters, maximum_norm)
        critic_adam.step()
        if update % delay == 0:
            if sac:
                action, log_pi = sample(s, POLICY_ACTION, update)
                policy_loss = (log_alpha.exp().detach()*log_pi - q(critics, s, action).min(0)[0]).mean()
            else: policy_loss = -q(critics, s, torch.tanh(actor(s)))[0].mean()
            actor_adam.zero_grad(); policy_loss.backward()
            policy_norm = nn.utils.clip_grad_norm_(actor.parameters(), maximum_norm)
            actor_adam.step()
            if sac:
                alpha_loss = -(log_alpha.exp()*(log_pi.detach() - ACTION)).mean()
                alpha_adam.zero_grad(); alpha_loss.backward(); alpha_adam.step()
            else: polyak(actor, target_actor)
            policy = [policy_loss.item(), -log_pi.mean().item() if sac else 0., log_alpha.exp().item() if sac else 0., policy_norm.item()]
        if sac or update % delay == 0:
            for net, target in zip(critics, targets): polyak(net, target)
        reports.append([critic_loss.item(), policy[0], values.mean().item(), y.mean().item(), policy[1], policy[2], critic_norm.item(), policy[3]])

    nets = {'actor': actor, 'critic1': critics[0], 'critic2': critics[1], 'target_critic1': targets[0], 'target_critic2': targets[1]}
    if not sac: nets['target_actor'] = target_actor
    weights = {f'{n}.{k}': v.reshape(-1).tolist() for n, net in nets.items() for k, v in net.state_dict().items()}
    return {'name': name, 'sac': sac, 'layerNorm': layer_norm, 'maximumNorm': maximum_norm, 'delay': delay, 'reports': reports, 'weights': weights}


digits = lambda v: [digits(x) for x in v] if isinstance(v, list) else {k: digits(x) for k, x in v.items()} if isinstance(v, dict) \
    else float(f'{v:.9g}') if type(v) is float else v
cases = [run('sac', True, False, 1e9, 1), run('sac with layer norm, clipping and delay', True, True, .5, 2),
         run('td3', False, False, 1e9, 2), run('td3 with layer norm, clipping and delay 3', False, True, .1, 3)]
json.dump({'torch': torch.__version__, 'cases': digits(cases)}, sys.stdout, separators=(',', ':'))
print()
