import { makeCodecs } from '/work/main/schemas/events/codecs.ts';
import { PartitionFold } from '/work/main/processors/fan-out/fold.ts';
import { PartitionState } from '/work/main/processors/fan-out/partition-state.ts';
import { DEFAULT_LIMITS } from '/work/main/schemas/limits.ts';
import { bubble } from '/work/main/schemas/wire/generated/bubble.js';
import { longOfId, longOf } from '/work/main/schemas/wire/int64.ts';
import { conversationOf } from '/work/main/schemas/ids.ts';
let n=0; const codecs = makeCodecs(()=>++n);
const N=Number(process.argv[2]??200000), SENDERS=Number(process.argv[3]??1000);
const now=Date.now();
const recs:Buffer[]=[]; 
const last=new Map<number,bigint>();
for(let i=0;i<N;i++){ const s=i%SENDERS; const a=`user-${s}`, b=`user-${(s*7+ Math.floor(s/10)+1)%SENDERS+10000}`;
 const id=(BigInt(now)+BigInt(i))<<20n;
 const body=Buffer.from(bubble.wire.NewChatMsg.encode({msgType:1,toUserName:b,clientMsgId:longOfId(id),clientSeq:i,createTime:longOf(now),content:Buffer.from('hello world this is a message of some length, about one hundred bytes in all, so it is like chat')}).finish());
 recs.push(codecs.inbound.encode({tenant:'acme',conversation:conversationOf(a,b),kind:0,sender:a,device:`dev-${s}`,generation:1,clientMsgId:id,to:b,body,bodyKey:null,gateTime:now,slot:0,slotEpoch:1,connection:s,request:i}));
}
const run=(live:boolean)=>{ const state=new PartitionState(DEFAULT_LIMITS,{epoch:1,inboxPartitions:8},false); const fold=new PartitionFold({state,source:0,codecs,limits:DEFAULT_LIMITS});
 const t=process.hrtime.bigint(); let outs=0;
 for(let i=0;i<N;i++){ fold.apply(i,now+i/10|0,recs[i]!,live); if(live&&i%256===0) outs+=fold.takeOutputs().length;}
 const us=Number(process.hrtime.bigint()-t)/1000; console.log(live?'live':'silent',(us/N).toFixed(3),'us/rec',Math.round(N/us*1e6),'/s',JSON.stringify(fold.counts),outs, state.arena.words*4/1e6,'MB');};
run(false);run(false);run(false);run(true);run(true);
