//! The messages of exports (SPEC §4), one file a pair of document and receipt.

mod arrival;
mod cancellation;
mod declaration;
mod departure;
mod master_bill;
mod order;
mod payment;
mod return_goods;
mod summary;
mod tally;
mod waybill;

pub use arrival::{ExportArrival, ExportArrivalHead, ExportArrivalLine, ExportArrivalReceipt};
pub use cancellation::{ExportCancellation, ExportCancellationReceipt};
pub use declaration::{
    ExportDeclaration, ExportDeclarationHead, ExportDeclarationLine, ExportDeclarationReceipt,
};
pub use departure::{Departure, DepartureHead, DepartureLine, DepartureReceipt};
pub use master_bill::{MasterBill, MasterBillHead, MasterBillLine, MasterBillReceipt};
pub use order::{ExportOrder, ExportOrderHead, ExportOrderLine, ExportOrderReceipt};
pub use payment::{ExportPayment, ExportPaymentReceipt};
pub use return_goods::{ExportReturn, ExportReturnHead, ExportReturnLine, ExportReturnReceipt};
pub use summary::{
    SummaryApplication, SummaryApplicationHead, SummaryApplicationLine, SummaryReceipt, SummaryResult,
    SummaryResultHead, SummaryResultLine,
};
pub use tally::{ReturnTally, ReturnTallyReceipt};
pub use waybill::{ExportWaybill, ExportWaybillReceipt};
